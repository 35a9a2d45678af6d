#include "core/engine/model/checkpoint.h"

#include "core/engine/file_hash.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/safetensors.h"
#include "core/error.h"

#include <cstdint>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

namespace finescope::engine {

namespace {

/// Calls visit(WeightName) for each weight of an encoder, layer after layer.
template <typename Visit>
void forEachWeight(const EncoderConfig& config, Visit&& visit) {
    const Family& family = familyOf(config.family);
    for (const WeightName& weight : family.embeddingWeights(config)) {
        visit(weight);
    }
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        for (const WeightName& weight : family.layerWeights(config, layer)) {
            visit(weight);
        }
    }
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

/// The name under which the file holds a weight: as it is, or with the family's prefix, or in the old
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
    const std::string prefix(familyOf(config.family).prefix);
    std::vector<std::string> names;
    forEachWeight(config, [&](const WeightName& weight) {
        names.push_back(findName(file, weight.theirs, prefix));
        const std::vector<std::int64_t>& shape = file.entries().find(names.back())->second.shape;
        if (shape != weight.shape) {
            throw Error(ErrorKind::badFile, file.path().string() + ": tensor \"" + names.back() +
                                                "\" has shape " + shapeText(shape) +
                                                ", config.json asks for " + shapeText(weight.shape));
        }
    });
    return names;
}

Encoder loadEncoder(const EncoderConfig& config, const SafetensorsFile& file) {
    const std::vector<std::string> names = findWeights(file, config);
    Encoder encoder(config);
    auto weights = encoder->named_parameters();
    std::size_t next = 0;
    forEachWeight(config, [&](const WeightName& weight) {
        const std::string& name = names[next++];
        const torch::Tensor values = file.readFloat(name);
        if (!torch::isfinite(values).all().item<bool>()) {
            throw Error(ErrorKind::badFile,
                        file.path().string() + ": tensor \"" + name + "\" holds NaN or infinity");
        }
        weights[weight.ours].set_data(values);
    });
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
    auto weights = encoder->named_parameters();
    for (const auto& module : encoder->named_modules()) {
        if (const auto* linear = module.value()->as<ProjectionImpl>()) {
            weights[module.key() + ".weight"] = linear->effectiveWeight();
        }
    }
    std::vector<std::pair<std::string, torch::Tensor>> tensors;
    forEachWeight(encoder->config, [&](const WeightName& weight) {
        tensors.emplace_back(weight.theirs, weights[weight.ours]);
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
