#include "core/engine/model/architecture/bert.h"

#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

EncoderConfig smallest(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.typeVocabularySize = 2;
    return config;
}

} // namespace

EncoderConfig readBertConfig(const ConfigReader& reader, const Family& family) {
    return readBertConfigWith({}, reader, family);
}

EncoderConfig readBertConfigWith(const BertDefaults& defaults, const ConfigReader& reader,
                                 const Family& family) {
    EncoderConfig config = readSizes(reader);
    config.maxPositions = reader.integer("max_position_embeddings", 1);
    // What transformers assumes where these are not written.
    config.typeVocabularySize = reader.integerOr("type_vocab_size", defaults.leastTypes, defaults.types);
    config.padId = reader.integerOr("pad_token_id", 0, family.padId);
    config.layerNormEpsilon = reader.numberOr("layer_norm_eps", 0, 1, defaults.layerNormEpsilon);
    config.hiddenDropout = reader.numberOr("hidden_dropout_prob", 0, 1, 0.1);
    config.attentionDropout = reader.numberOr("attention_probs_dropout_prob", 0, 1, 0.1);

    reader.require("hidden_act", "gelu");
    reader.require("position_embedding_type", "absolute");
    reader.require("is_decoder", false);
    requireWholeHeads(reader, config);
    return config;
}

nlohmann::ordered_json writeBertConfig(const EncoderConfig& config) {
    return {
        {"hidden_size", config.hiddenSize},
        {"num_hidden_layers", config.layers},
        {"num_attention_heads", config.heads},
        {"intermediate_size", config.intermediateSize},
        {"vocab_size", config.vocabularySize},
        {"max_position_embeddings", config.maxPositions},
        {"type_vocab_size", config.typeVocabularySize},
        {"pad_token_id", config.padId},
        {"layer_norm_eps", config.layerNormEpsilon},
        {"hidden_dropout_prob", config.hiddenDropout},
        {"attention_probs_dropout_prob", config.attentionDropout},
        {"hidden_act", "gelu"},
        {"position_embedding_type", "absolute"},
    };
}

WeightNames bertTables(const EncoderConfig& config) {
    const std::int64_t width = config.tableWidth();
    WeightNames names("", "embeddings.");
    names.weight("word_embeddings.weight", "word_embeddings.weight", {config.vocabularySize, width});
    if (config.positionsInInput) {
        names.weight("position_embeddings.weight", "position_embeddings.weight",
                     {config.maxPositions, width});
    }
    if (config.typeVocabularySize > 0) {
        names.weight("type_embeddings.weight", "token_type_embeddings.weight",
                     {config.typeVocabularySize, width});
    }
    return names;
}

std::vector<WeightName> bertEmbeddingWeights(const EncoderConfig& config) {
    return bertTables(config).norm("embedding_norm", "LayerNorm", config.tableWidth()).all();
}

std::vector<WeightName> bertLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    return postNormLayerWeights(config, layer,
                                {.layer = "encoder.layer.",
                                 .query = "attention.self.query",
                                 .key = "attention.self.key",
                                 .value = "attention.self.value",
                                 .attentionOutput = "attention.output.dense",
                                 .attentionNorm = "attention.output.LayerNorm",
                                 .intermediate = "intermediate.dense",
                                 .output = "output.dense",
                                 .outputNorm = "output.LayerNorm"});
}

std::vector<WeightName> postNormLayerWeights(const EncoderConfig& config, std::int64_t layer,
                                             const PostNormNames& theirs) {
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize;
    const std::string index = std::to_string(layer) + ".";
    return WeightNames("layer_" + index, theirs.layer + index)
        .linear("query", theirs.query, width, width)
        .linear("key", theirs.key, width, width)
        .linear("value", theirs.value, width, width)
        .linear("attention_output", theirs.attentionOutput, width, width)
        .norm("attention_norm", theirs.attentionNorm, width)
        .linear("intermediate", theirs.intermediate, wide, width)
        .linear("output", theirs.output, width, wide)
        .norm("output_norm", theirs.outputNorm, width)
        .all();
}

// Devlin et al. 2019.
const Family kBert{.name = "bert",
                   .modelClass = "BertModel",
                   .description = "BERT, and what has its form: MiniLM, BGE, E5, ...",
                   .prefix = "bert.",
                   .layer = LayerKind::postNorm,
                   .positions = Positions::fromZero,
                   .padId = 0,
                   .verified = true,
                   .read = readBertConfig,
                   .write = writeBertConfig,
                   .embeddingWeights = bertEmbeddingWeights,
                   .layerWeights = bertLayerWeights,
                   .makeSmall = smallest};

} // namespace finescope::engine
