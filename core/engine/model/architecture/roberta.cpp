#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

EncoderConfig smallest(std::int64_t width) {
    EncoderConfig config = smallBert(width);
    config.family = kRoberta.name;
    config.layers = 3;
    config.typeVocabularySize = 1;
    config.padId = kRoberta.padId;
    return config;
}

} // namespace

// Liu et al. 2019: BERT's layers with other positions, prefix and pad id.
const Family kRoberta{.name = "roberta",
                      .modelClass = "RobertaModel",
                      .prefix = "roberta.",
                      .layer = LayerKind::postNorm,
                      .positions = Positions::afterPad,
                      .padId = 1,
                      .read = readBertConfig,
                      .write = writeBertConfig,
                      .embeddingWeights = bertEmbeddingWeights,
                      .layerWeights = bertLayerWeights,
                      .small = smallest};

} // namespace finescope::engine
