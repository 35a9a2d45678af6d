#include "core/engine/model/weight_layout.h"

#include "core/engine/model/architecture/families.h"
#include "core/error.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace finescope::engine {

namespace {

using Weights = std::vector<WeightName>;

/// Old checkpoints call a layer norm's weight and bias gamma and beta.
std::string oldSpelling(const std::string& name) {
    const auto swapped = [&](const std::string& suffix, const std::string& replacement) {
        const bool fits = name.size() > suffix.size() && name.ends_with(suffix);
        return fits ? name.substr(0, name.size() - suffix.size()) + replacement : std::string();
    };
    const std::string gamma = swapped("LayerNorm.weight", "LayerNorm.gamma");
    return gamma.empty() ? swapped("LayerNorm.bias", "LayerNorm.beta") : gamma;
}

/// The name under which the files hold a weight: as it is, or with the family's prefix, or in the old
/// spelling.
std::string findName(const WeightFiles& files, const std::string& name, const std::string& prefix) {
    for (const std::string& spelling : {name, oldSpelling(name)}) {
        for (const std::string& candidate : {prefix + spelling, spelling}) {
            if (!spelling.empty() && files.find(candidate) != nullptr) {
                return candidate;
            }
        }
    }
    throw Error(ErrorKind::badFile, files.path().string() + ": tensor \"" + name +
                                        "\" is missing (also as \"" + prefix + name +
                                        "\"); config.json describes an encoder that has it");
}

} // namespace

std::vector<std::int64_t> shapeInFile(const Weights& weights) {
    std::vector<std::int64_t> shape = weights.front().shape;
    shape.front() =
        std::accumulate(weights.begin(), weights.end(), std::int64_t{0},
                        [](std::int64_t rows, const WeightName& w) { return rows + w.shape.front(); });
    if (weights.front().transposed) {
        std::ranges::reverse(shape);
    }
    return shape;
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t size : shape) {
        text += (text.empty() ? "[" : ", ") + std::to_string(size);
    }
    return text.empty() ? "[]" : text + "]";
}

void forEachTensor(const EncoderConfig& config, const std::function<void(const Weights& weights)>& visit) {
    const Family& family = familyOf(config.family);
    const auto visitAll = [&](const Weights& weights) {
        for (auto first = weights.begin(); first != weights.end();) {
            const auto end = std::find_if(first, weights.end(),
                                          [&](const WeightName& w) { return w.theirs != first->theirs; });
            visit(Weights(first, end));
            first = end;
        }
    };
    visitAll(family.embeddingWeights(config));
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        visitAll(family.layerWeights(config, layer));
    }
}

std::vector<std::string> findTensors(const WeightFiles& files, const EncoderConfig& config) {
    const std::string prefix(familyOf(config.family).prefix);
    std::vector<std::string> names;
    forEachTensor(config, [&](const Weights& weights) {
        names.push_back(findName(files, weights.front().theirs, prefix));
        const TensorEntry& entry = *files.find(names.back());
        requireWeights(entry, names.back(), files.path());
        const std::vector<std::int64_t>&shape = entry.shape, wanted = shapeInFile(weights);
        if (shape != wanted) {
            throw Error(ErrorKind::badFile, files.path().string() + ": tensor \"" + names.back() +
                                                "\" has shape " + shapeText(shape) +
                                                ", config.json asks for " + shapeText(wanted));
        }
    });
    return names;
}

} // namespace finescope::engine
