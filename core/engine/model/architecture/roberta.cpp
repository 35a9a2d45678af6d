#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace finescope::engine {

namespace {

EncoderConfig smallRoberta(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 3;
    config.typeVocabularySize = 1;
    return config;
}

/// BERT's layers with other positions, prefix and pad id.
constexpr Family likeRoberta(std::string_view name, std::string_view modelClass,
                             std::string_view description) {
    return {.name = name,
            .modelClass = modelClass,
            .description = description,
            .prefix = "roberta.",
            .layer = LayerKind::postNorm,
            .positions = Positions::afterPad,
            .padId = 1,
            .verified = name == "roberta",
            .read = readBertConfig,
            .write = writeBertConfig,
            .embeddingWeights = bertEmbeddingWeights,
            .layerWeights = bertLayerWeights,
            .makeSmall = smallRoberta};
}

} // namespace

// Liu et al. 2019.
const Family kRoberta =
    likeRoberta("roberta", "RobertaModel", "RoBERTa, and what has its form: DistilRoBERTa, CodeBERT, ...");
// Conneau et al. 2020: another vocabulary.
const Family kXlmRoberta = likeRoberta("xlm-roberta", "XLMRobertaModel",
                                       "XLM-RoBERTa, and what has its form: multilingual E5, BGE-M3, ...");
// Martin et al. 2020: another vocabulary.
const Family kCamembert = likeRoberta("camembert", "CamembertModel", "CamemBERT");

} // namespace finescope::engine
