#include "core/engine/model/checkpoint.h"

#include "core/engine/file_hash.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"

#include <cstdint>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

using Shape = std::vector<std::int64_t>;

/// Calls add(name, shape) for each weight of an encoder under the name that transformers gives it, without a
/// prefix, layer after layer.
template <typename Add>
void describeWeights(const EncoderConfig& config, Add&& add) {
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize;
    const auto addBoth = [&](const std::string& name, const Shape& shape) {
        add(name + ".weight", shape);
        add(name + ".bias", Shape{shape.front()});
    };
    add("embeddings.word_embeddings.weight", Shape{config.vocabularySize, width});
    add("embeddings.position_embeddings.weight", Shape{config.maxPositions, width});
    add("embeddings.token_type_embeddings.weight", Shape{config.typeVocabularySize, width});
    addBoth("embeddings.LayerNorm", {width});
    for (std::int64_t i = 0; i < config.layers; ++i) {
        const std::string prefix = "encoder.layer." + std::to_string(i) + ".";
        addBoth(prefix + "attention.self.query", {width, width});
        addBoth(prefix + "attention.self.key", {width, width});
        addBoth(prefix + "attention.self.value", {width, width});
        addBoth(prefix + "attention.output.dense", {width, width});
        addBoth(prefix + "attention.output.LayerNorm", {width});
        addBoth(prefix + "intermediate.dense", {wide, width});
        addBoth(prefix + "output.dense", {width, wide});
        addBoth(prefix + "output.LayerNorm", {width});
    }
}

/// The weights themselves, in the same order.
std::vector<torch::Tensor> weightsOf(const Encoder& encoder) {
    std::vector<torch::Tensor> weights = {encoder->wordEmbeddings->weight,
                                          encoder->positionEmbeddings->weight,
                                          encoder->typeEmbeddings->weight};
    const auto addBoth = [&](const auto& module) {
        weights.push_back(module->weight);
        weights.push_back(module->bias);
    };
    addBoth(encoder->embeddingNorm);
    for (const EncoderLayer& layer : encoder->layers) {
        addBoth(layer->attention->query);
        addBoth(layer->attention->key);
        addBoth(layer->attention->value);
        addBoth(layer->attentionOutput);
        addBoth(layer->attentionNorm);
        addBoth(layer->intermediate);
        addBoth(layer->output);
        addBoth(layer->outputNorm);
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

/// The names under which the file holds the weights of such an encoder, all there and of the right shape:
/// nothing of a size that only config.json claims is allocated.
std::vector<std::string> findWeights(const SafetensorsFile& file, const EncoderConfig& config) {
    const std::string prefix = config.architecture == Architecture::roberta ? "roberta." : "bert.";
    std::vector<std::string> names;
    describeWeights(config, [&](const std::string& name, const Shape& expected) {
        names.push_back(findName(file, name, prefix));
        const Shape& shape = file.entries().find(names.back())->second.shape;
        if (shape != expected) {
            throw Error(ErrorKind::badFile, file.path().string() + ": tensor \"" + names.back() +
                                                "\" has shape " + shapeText(shape) +
                                                ", config.json asks for " + shapeText(expected));
        }
    });
    return names;
}

Encoder loadEncoder(const EncoderConfig& config, const SafetensorsFile& file) {
    const std::vector<std::string> names = findWeights(file, config);
    Encoder encoder(config);
    const std::vector<torch::Tensor> weights = weightsOf(encoder);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const torch::Tensor values = file.readFloat(names[i]);
        if (!torch::isfinite(values).all().item<bool>()) {
            throw Error(ErrorKind::badFile,
                        file.path().string() + ": tensor \"" + names[i] + "\" holds NaN or infinity");
        }
        weights[i].set_data(values);
    }
    return encoder;
}

std::filesystem::path findWeightsFile(const std::filesystem::path& folder) {
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
    const EncoderConfig config = readEncoderConfig(folder);
    const std::filesystem::path weights = findWeightsFile(folder);
    checkpoint.encoder = loadEncoder(config, SafetensorsFile(weights));
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
    const std::vector<torch::Tensor> weights = weightsOf(encoder);
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    describeWeights(encoder->config, [&](const std::string& name, const Shape& /*shape*/) {
        const auto found = merged.find(name);
        tensors.emplace_back(name, found == merged.end() ? weights[tensors.size()] : found->second);
    });
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        throw Error(ErrorKind::internal, folder.string() + ": cannot make this folder: " + failure.message());
    }
    writeSafetensors(folder / "model.safetensors", tensors);
    writeEncoderConfig(encoder->config, folder);
}

} // namespace finescope::engine
