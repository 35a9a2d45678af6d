#include "core/engine/model/architecture/bert.h"
#include "core/engine/model/architecture/families.h"
#include "core/engine/model/architecture/sizes.h"
#include "core/engine/model/architecture/weight_names.h"

#include <nlohmann/json.hpp>

namespace finescope::engine {

namespace {

constexpr std::int64_t kBuckets = 32; // transformers computes no other number

EncoderConfig readMpnet(const ConfigReader& reader, const Family& family) {
    EncoderConfig config = readBertConfig(reader, family);
    config.typeVocabularySize = 0;
    config.relativeBuckets = kBuckets;
    reader.require("relative_attention_num_buckets", kBuckets);
    config.padId = family.padId; // transformers takes 1, whatever pad_token_id says; what fills is masked
    return config;
}

nlohmann::ordered_json writeMpnet(const EncoderConfig& config) {
    nlohmann::ordered_json object = writeBertConfig(config);
    object.erase("type_vocab_size");
    object["relative_attention_num_buckets"] = config.relativeBuckets;
    return object;
}

std::vector<WeightName> mpnetEmbeddingWeights(const EncoderConfig& config) {
    std::vector<WeightName> names = bertEmbeddingWeights(config);
    names.push_back({"relative_position_embeddings.weight",
                     "encoder.relative_attention_bias.weight",
                     {config.relativeBuckets, config.heads}});
    return names;
}

std::vector<WeightName> mpnetLayerWeights(const EncoderConfig& config, std::int64_t layer) {
    return postNormLayerWeights(config, layer,
                                {.layer = "encoder.layer.",
                                 .query = "attention.attn.q",
                                 .key = "attention.attn.k",
                                 .value = "attention.attn.v",
                                 .attentionOutput = "attention.attn.o",
                                 .attentionNorm = "attention.LayerNorm",
                                 .intermediate = "intermediate.dense",
                                 .output = "output.dense",
                                 .outputNorm = "output.LayerNorm"});
}

EncoderConfig smallMpnet(const Family& family, std::int64_t width) {
    EncoderConfig config = smallSizes(family, width);
    config.layers = 2;
    config.relativeBuckets = kBuckets;
    return config;
}

} // namespace

// Song et al. 2020: RoBERTa's positions, and a table of relative ones that all layers add to their scores.
const Family kMpnet{.name = "mpnet",
                    .modelClass = "MPNetModel",
                    .description = "MPNet, and what has its form: all-mpnet-base, ...",
                    .prefix = "mpnet.",
                    .layer = LayerKind::postNorm,
                    .positions = Positions::afterPad,
                    .padId = 1,
                    .verified = true,
                    .read = readMpnet,
                    .write = writeMpnet,
                    .embeddingWeights = mpnetEmbeddingWeights,
                    .layerWeights = mpnetLayerWeights,
                    .makeSmall = smallMpnet};

} // namespace finescope::engine
