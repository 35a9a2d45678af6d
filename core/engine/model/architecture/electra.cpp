#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace finescope::engine {

namespace {

EncoderConfig readElectra(const ConfigReader& reader, const Family& family) {
    EncoderConfig config = readBertConfig(reader, family);
    config.embeddingSize = reader.integerOr("embedding_size", 1, 128); // as transformers assumes
    return config;
}

nlohmann::ordered_json writeElectra(const EncoderConfig& config) {
    nlohmann::ordered_json object = writeBertConfig(config);
    object["embedding_size"] = config.tableWidth();
    return object;
}

std::vector<WeightName> electraEmbeddingWeights(const EncoderConfig& config) {
    std::vector<WeightName> names = bertEmbeddingWeights(config);
    if (config.tableWidth() != config.hiddenSize) {
        WeightNames projection("", "");
        projection.linear("embedding_projection", "embeddings_project", config.hiddenSize,
                          config.tableWidth());
        std::ranges::copy(projection.all(), std::back_inserter(names));
    }
    return names;
}

EncoderConfig smallElectra(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.typeVocabularySize = 2;
    config.embeddingSize = width / 2 + 1;
    return config;
}

} // namespace

// Clark et al. 2020: BERT's layers, and tables that a linear layer widens.
const Family kElectra{.name = "electra",
                      .modelClass = "ElectraModel",
                      .description = "ELECTRA",
                      .prefix = "electra.",
                      .layer = LayerKind::postNorm,
                      .positions = Positions::fromZero,
                      .padId = 0,
                      .read = readElectra,
                      .write = writeElectra,
                      .embeddingWeights = electraEmbeddingWeights,
                      .layerWeights = bertLayerWeights,
                      .makeSmall = smallElectra};

} // namespace finescope::engine
