#include "core/engine/model/model_check.h"

#include "core/engine/model/adapter.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/model_folder.h"
#include "core/engine/model/model_tokenizer.h"
#include "core/engine/model/weight_layout.h"
#include "core/error.h"
#include "core/text/wording.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <set>

namespace finescope::engine {

namespace {

ModelFinding finding(const std::string& part, const std::function<std::string()>& look) {
    try {
        return {part, true, look()};
    } catch (const Error& error) {
        return {part, false, error.what()};
    }
}

std::string sizesOf(const EncoderConfig& config) {
    return config.family + ", " + text::counted(config.layers, "layer", "layers") + ", width " +
           std::to_string(config.hiddenSize) + ", " + text::counted(config.heads, "head", "heads") +
           ", vocabulary " + std::to_string(config.vocabularySize) + ", inputs up to " +
           std::to_string(config.maxLength()) +
           " tokens; features: " + poolingName(familyOf(config.family).pooling) + " token";
}

std::string weightsWords(const std::filesystem::path& folder, const EncoderConfig& config) {
    const WeightFiles files(folder);
    std::int64_t numbers = 0;
    std::set<std::string> types;
    for (const std::string& name : findTensors(files, config)) {
        const TensorEntry& entry = *files.find(name);
        types.insert(entry.type);
        numbers +=
            std::accumulate(entry.shape.begin(), entry.shape.end(), std::int64_t{1}, std::multiplies<>());
    }
    return std::to_string(numbers) + " numbers (" + text::listed({types.begin(), types.end()}) + ") in " +
           text::listed(files.names());
}

std::string tokenizerWords(const ModelFolder& model, const EncoderConfig& config) {
    const std::unique_ptr<Tokenizer> tokenizer = loadModelTokenizer(model, config);
    return std::to_string(tokenizer->vocabularySize()) + " tokens, from " +
           text::listed(tokenizerFiles(model.tokenizer)) +
           (model.adapted ? " in " + model.tokenizer.string() : "");
}

} // namespace

std::vector<ModelFinding> checkModel(const std::filesystem::path& folder,
                                     const std::optional<std::filesystem::path>& base) {
    ModelFolder model;
    if (const ModelFinding opened = finding(isAdapterFolder(folder) ? "adapter" : "config",
                                            [&] {
                                                model = openModelFolder(folder, base);
                                                return std::string();
                                            });
        !opened.usable) {
        return {opened};
    }
    EncoderConfig config;
    std::vector<ModelFinding> findings{finding("config", [&] {
        config = readEncoderConfig(model.base);
        return sizesOf(config);
    })};
    if (findings.front().usable) {
        findings.push_back(finding("weights", [&] { return weightsWords(model.base, config); }));
        if (model.adapted && findings.back().usable) {
            findings.push_back(finding("adapter", [&] {
                return Adapter(model.folder, config).words() + "; base model " + model.base.string();
            }));
        }
        findings.push_back(finding("tokenizer", [&] { return tokenizerWords(model, config); }));
    }
    return findings;
}

} // namespace finescope::engine
