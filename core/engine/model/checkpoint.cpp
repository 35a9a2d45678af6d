#include "core/engine/model/checkpoint.h"

#include "core/engine/file_hash.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"

#include <map>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

/// A weight of the encoder under the name that transformers gives it, without a prefix.
struct NamedWeight {
    std::string name;
    torch::Tensor weight;
};

std::vector<NamedWeight> namedWeights(const Encoder& encoder) {
    std::vector<NamedWeight> weights;
    const auto add = [&](const std::string& name, const auto& module) {
        weights.push_back({name + ".weight", module->weight});
        weights.push_back({name + ".bias", module->bias});
    };
    weights.push_back({"embeddings.word_embeddings.weight", encoder->wordEmbeddings->weight});
    weights.push_back({"embeddings.position_embeddings.weight", encoder->positionEmbeddings->weight});
    weights.push_back({"embeddings.token_type_embeddings.weight", encoder->typeEmbeddings->weight});
    add("embeddings.LayerNorm", encoder->embeddingNorm);
    for (std::size_t i = 0; i < encoder->layers.size(); ++i) {
        const EncoderLayer& layer = encoder->layers[i];
        const std::string prefix = "encoder.layer." + std::to_string(i) + ".";
        add(prefix + "attention.self.query", layer->attention->query);
        add(prefix + "attention.self.key", layer->attention->key);
        add(prefix + "attention.self.value", layer->attention->value);
        add(prefix + "attention.output.dense", layer->attentionOutput);
        add(prefix + "attention.output.LayerNorm", layer->attentionNorm);
        add(prefix + "intermediate.dense", layer->intermediate);
        add(prefix + "output.dense", layer->output);
        add(prefix + "output.LayerNorm", layer->outputNorm);
    }
    return weights;
}

/// Old checkpoints call a layer norm's weight and bias gamma and beta.
std::string oldSpelling(const std::string& name) {
    const auto swapped = [&](const std::string& suffix, const std::string& replacement) {
        const bool fits = name.size() > suffix.size() && name.ends_with(suffix);
        return fits ? name.substr(0, name.size() - suffix.size()) + replacement : std::string();
    };
    const std::string gamma = swapped("LayerNorm.weight", "LayerNorm.gamma");
    return gamma.empty() ? swapped("LayerNorm.bias", "LayerNorm.beta") : gamma;
}

std::string shapeText(c10::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// The name under which the file holds a weight: as it is, or with the architecture's prefix, or in the old
/// spelling.
std::string findName(const SafetensorsFile& file, const std::string& name, const std::string& prefix) {
    for (const std::string& spelling : {name, oldSpelling(name)}) {
        for (const std::string& candidate : {prefix + spelling, spelling}) {
            if (!spelling.empty() && file.entries().contains(candidate)) {
                return candidate;
            }
        }
    }
    throw Error(ErrorKind::badFile, file.path().string() + ": tensor \"" + name +
                                        "\" is missing (also as \"" + prefix + name +
                                        "\"); config.json describes an encoder that has it");
}

void loadWeights(Encoder& encoder, const SafetensorsFile& file) {
    const std::string prefix = encoder->config.architecture == Architecture::roberta ? "roberta." : "bert.";
    for (const auto& [name, weight] : namedWeights(encoder)) {
        const std::string stored = findName(file, name, prefix);
        const std::vector<std::int64_t>& shape = file.entries().at(stored).shape;
        if (weight.sizes() != c10::IntArrayRef(shape)) {
            throw Error(ErrorKind::badFile, file.path().string() + ": tensor \"" + stored + "\" has shape " +
                                                shapeText(shape) + ", config.json asks for " +
                                                shapeText(weight.sizes()));
        }
        const torch::Tensor values = file.readFloat(stored);
        if (!torch::isfinite(values).all().item<bool>()) {
            throw Error(ErrorKind::badFile,
                        file.path().string() + ": tensor \"" + stored + "\" holds NaN or infinity");
        }
        weight.set_data(values);
    }
}

std::filesystem::path findWeights(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "model.safetensors";
    if (std::filesystem::exists(path)) {
        return path;
    }
    if (std::filesystem::exists(folder / "pytorch_model.bin")) {
        throw Error(
            ErrorKind::badFile,
            (folder / "pytorch_model.bin").string() +
                ": pickled weights are not read, as loading them can run any code; convert them once: "
                "python3 -c \"import sys, transformers as t; t.AutoModel.from_pretrained(sys.argv[1])"
                ".save_pretrained(sys.argv[1])\" " +
                folder.string());
    }
    if (std::filesystem::exists(folder / "model.safetensors.index.json")) {
        throw Error(ErrorKind::badFile,
                    (folder / "model.safetensors.index.json").string() +
                        ": weights in several files are not read; save the model as one file "
                        "(save_pretrained(..., max_shard_size=\"100GB\"))");
    }
    throw Error(ErrorKind::badFile, path.string() + ": no such file; a model folder holds config.json, "
                                                    "model.safetensors and the tokenizer's files");
}

} // namespace

Checkpoint loadCheckpoint(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Error(ErrorKind::badFile, folder.string() + ": no such model folder");
    }
    Checkpoint checkpoint;
    checkpoint.encoder = Encoder(readEncoderConfig(folder));
    const std::filesystem::path weights = findWeights(folder);
    loadWeights(checkpoint.encoder, SafetensorsFile(weights));
    checkpoint.configSha256 = fileSha256(folder / "config.json");
    checkpoint.weightsSha256 = fileSha256(weights);
    return checkpoint;
}

void saveCheckpoint(const Encoder& encoder, const std::filesystem::path& folder) {
    const torch::NoGradGuard noGrad;
    std::map<std::string, torch::Tensor> merged;
    for (std::size_t i = 0; i < encoder->layers.size(); ++i) {
        const SelfAttention& attention = encoder->layers[i]->attention;
        const std::string prefix = "encoder.layer." + std::to_string(i) + ".attention.self.";
        merged[prefix + "query.weight"] = effectiveWeight(attention->query, attention->queryLora);
        merged[prefix + "value.weight"] = effectiveWeight(attention->value, attention->valueLora);
    }
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    for (const auto& [name, weight] : namedWeights(encoder)) {
        const auto found = merged.find(name);
        tensors.emplace_back(name, found == merged.end() ? weight : found->second);
    }
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        throw Error(ErrorKind::internal, folder.string() + ": cannot make this folder: " + failure.message());
    }
    writeSafetensors(folder / "model.safetensors", tensors);
    writeEncoderConfig(encoder->config, folder);
}

} // namespace finescope::engine
