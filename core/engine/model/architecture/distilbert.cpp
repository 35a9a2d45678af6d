#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

EncoderConfig readDistilBert(const ConfigReader& reader, const Family& family) {
    EncoderConfig config;
    config.hiddenSize = reader.integer("dim", 1);
    config.layers = reader.integer("n_layers", 1);
    config.heads = reader.integer("n_heads", 1);
    config.intermediateSize = reader.integer("hidden_dim", 1);
    config.vocabularySize = reader.integer("vocab_size", 1);
    config.maxPositions = reader.integer("max_position_embeddings", 1);
    config.padId = reader.integerOr("pad_token_id", 0, family.padId);
    config.layerNormEpsilon = 1e-12; // fixed in transformers
    config.hiddenDropout = reader.numberOr("dropout", 0, 1, 0.1);
    config.attentionDropout = reader.numberOr("attention_dropout", 0, 1, 0.1);
    reader.require("activation", "gelu");
    requireWholeHeads(reader, config, "dim", "n_heads");
    return config;
}

nlohmann::ordered_json writeDistilBert(const EncoderConfig& config) {
    return {{"dim", config.hiddenSize},
            {"n_layers", config.layers},
            {"n_heads", config.heads},
            {"hidden_dim", config.intermediateSize},
            {"vocab_size", config.vocabularySize},
            {"max_position_embeddings", config.maxPositions},
            {"pad_token_id", config.padId},
            {"dropout", config.hiddenDropout},
            {"attention_dropout", config.attentionDropout},
            {"activation", "gelu"}};
}

std::vector<WeightName> distilBertLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    return postNormLayerWeights(config, layer,
                                {.layer = "transformer.layer.",
                                 .query = "attention.q_lin",
                                 .key = "attention.k_lin",
                                 .value = "attention.v_lin",
                                 .attentionOutput = "attention.out_lin",
                                 .attentionNorm = "sa_layer_norm",
                                 .intermediate = "ffn.lin1",
                                 .output = "ffn.lin2",
                                 .outputNorm = "output_layer_norm"});
}

EncoderConfig smallDistilBert(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    return config;
}

} // namespace

// Sanh et al. 2019: BERT's layers without token types, under other names. Sinusoidal positions are only how a
// table began.
const Family kDistilBert{.name = "distilbert",
                         .modelClass = "DistilBertModel",
                         .description = "DistilBERT",
                         .prefix = "distilbert.",
                         .layer = LayerKind::postNorm,
                         .positions = Positions::fromZero,
                         .padId = 0,
                         .read = readDistilBert,
                         .write = writeDistilBert,
                         .embeddingWeights = bertEmbeddingWeights,
                         .layerWeights = distilBertLayerWeights,
                         .makeSmall = smallDistilBert};

} // namespace finescope::engine
