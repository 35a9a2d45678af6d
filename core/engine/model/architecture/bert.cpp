#include "core/engine/model/architecture/bert.h"

#include "core/engine/model/architecture/families.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

using Shape = std::vector<std::int64_t>;

/// Adds weight and bias of a linear layer or norm.
void addBoth(std::vector<WeightName>& names, const std::string& ours, const std::string& theirs,
             const Shape& shape) {
    names.push_back({ours + ".weight", theirs + ".weight", shape});
    names.push_back({ours + ".bias", theirs + ".bias", {shape.front()}});
}

EncoderConfig smallest(std::int64_t width) {
    EncoderConfig config = smallBert(width);
    config.family = kBert.name;
    config.layers = 2;
    config.typeVocabularySize = 2;
    config.padId = kBert.padId;
    return config;
}

} // namespace

EncoderConfig readBertConfig(const ConfigReader& reader, const Family& family) {
    EncoderConfig config;
    config.hiddenSize = reader.integer("hidden_size", 1);
    config.layers = reader.integer("num_hidden_layers", 1);
    config.heads = reader.integer("num_attention_heads", 1);
    config.intermediateSize = reader.integer("intermediate_size", 1);
    config.vocabularySize = reader.integer("vocab_size", 1);
    config.maxPositions = reader.integer("max_position_embeddings", 1);
    // What transformers assumes where these are not written.
    config.typeVocabularySize = reader.integerOr("type_vocab_size", 1, 2);
    config.padId = reader.integerOr("pad_token_id", 0, family.padId);
    config.layerNormEpsilon = reader.numberOr("layer_norm_eps", 0, 1, 1e-12);
    config.hiddenDropout = reader.numberOr("hidden_dropout_prob", 0, 1, 0.1);
    config.attentionDropout = reader.numberOr("attention_probs_dropout_prob", 0, 1, 0.1);

    reader.require("hidden_act", "gelu");
    reader.require("position_embedding_type", "absolute");
    reader.require("is_decoder", false);
    if (config.hiddenSize % config.heads != 0) {
        throw reader.bad("\"hidden_size\" " + std::to_string(config.hiddenSize) +
                         " is not a multiple of \"num_attention_heads\" " + std::to_string(config.heads));
    }
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

std::vector<WeightName> bertEmbeddingWeights(const EncoderConfig& config) {
    const std::int64_t width = config.hiddenSize;
    std::vector<WeightName> names{
        {"word_embeddings.weight", "embeddings.word_embeddings.weight", {config.vocabularySize, width}},
        {"position_embeddings.weight", "embeddings.position_embeddings.weight", {config.maxPositions, width}},
        {"type_embeddings.weight",
         "embeddings.token_type_embeddings.weight",
         {config.typeVocabularySize, width}}};
    addBoth(names, "embedding_norm", "embeddings.LayerNorm", {width});
    return names;
}

std::vector<WeightName> bertLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize;
    const std::string ours = "layer_" + std::to_string(layer) + ".",
                      theirs = "encoder.layer." + std::to_string(layer) + ".";
    std::vector<WeightName> names;
    addBoth(names, ours + "query", theirs + "attention.self.query", {width, width});
    addBoth(names, ours + "key", theirs + "attention.self.key", {width, width});
    addBoth(names, ours + "value", theirs + "attention.self.value", {width, width});
    addBoth(names, ours + "attention_output", theirs + "attention.output.dense", {width, width});
    addBoth(names, ours + "attention_norm", theirs + "attention.output.LayerNorm", {width});
    addBoth(names, ours + "intermediate", theirs + "intermediate.dense", {wide, width});
    addBoth(names, ours + "output", theirs + "output.dense", {width, wide});
    addBoth(names, ours + "output_norm", theirs + "output.LayerNorm", {width});
    return names;
}

EncoderConfig smallBert(std::int64_t width) {
    EncoderConfig config;
    config.hiddenSize = width;
    config.heads = 2;
    config.intermediateSize = 2 * width + 4;
    config.vocabularySize = 20;
    config.maxPositions = 12;
    return config;
}

// Devlin et al. 2019.
const Family kBert{.name = "bert",
                   .modelClass = "BertModel",
                   .prefix = "bert.",
                   .layer = LayerKind::postNorm,
                   .positions = Positions::fromZero,
                   .padId = 0,
                   .read = readBertConfig,
                   .write = writeBertConfig,
                   .embeddingWeights = bertEmbeddingWeights,
                   .layerWeights = bertLayerWeights,
                   .small = smallest};

} // namespace finescope::engine
