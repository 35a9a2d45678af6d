#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

EncoderConfig smallRoberta(std::int64_t width) {
    EncoderConfig config = smallBert(width);
    config.family = kRoberta.name;
    config.layers = 3;
    config.typeVocabularySize = 1;
    config.padId = kRoberta.padId;
    return config;
}

template <const Family& family>
EncoderConfig smallOf(std::int64_t width) {
    EncoderConfig config = smallRoberta(width);
    config.family = family.name;
    return config;
}

} // namespace

// Liu et al. 2019: BERT's layers with other positions, prefix and pad id.
const Family kRoberta{.name = "roberta",
                      .modelClass = "RobertaModel",
                      .description = "RoBERTa, and what has its form: DistilRoBERTa, CodeBERT, ...",
                      .prefix = "roberta.",
                      .layer = LayerKind::postNorm,
                      .positions = Positions::afterPad,
                      .padId = 1,
                      .verified = true,
                      .read = readBertConfig,
                      .write = writeBertConfig,
                      .embeddingWeights = bertEmbeddingWeights,
                      .layerWeights = bertLayerWeights,
                      .small = smallRoberta};

// Conneau et al. 2020: RoBERTa with another vocabulary.
const Family kXlmRoberta{.name = "xlm-roberta",
                         .modelClass = "XLMRobertaModel",
                         .description = "XLM-RoBERTa, and what has its form: multilingual E5, BGE-M3, ...",
                         .prefix = "roberta.",
                         .layer = LayerKind::postNorm,
                         .positions = Positions::afterPad,
                         .padId = 1,
                         .read = readBertConfig,
                         .write = writeBertConfig,
                         .embeddingWeights = bertEmbeddingWeights,
                         .layerWeights = bertLayerWeights,
                         .small = smallOf<kXlmRoberta>};

// Martin et al. 2020: RoBERTa with another vocabulary.
const Family kCamembert{.name = "camembert",
                        .modelClass = "CamembertModel",
                        .description = "CamemBERT",
                        .prefix = "roberta.",
                        .layer = LayerKind::postNorm,
                        .positions = Positions::afterPad,
                        .padId = 1,
                        .read = readBertConfig,
                        .write = writeBertConfig,
                        .embeddingWeights = bertEmbeddingWeights,
                        .layerWeights = bertLayerWeights,
                        .small = smallOf<kCamembert>};

} // namespace finescope::engine
