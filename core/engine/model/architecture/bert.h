#pragma once

#include "core/engine/model/architecture/family.h"
#include "core/engine/model/architecture/weight_names.h"

#include <string>

/// What families with BERT's layers and config.json share.
namespace finescope::engine {

/// Post-layer-norm, absolute positions, exact GELU; else Error{badFile}.
[[nodiscard]] EncoderConfig readBertConfig(const ConfigReader& reader, const Family& family);
/// What a family assumes where its config.json does not say, and the fewest token types that it can have.
struct BertDefaults {
    std::int64_t leastTypes = 1, types = 2;
    double layerNormEpsilon = 1e-12;
};
[[nodiscard]] EncoderConfig readBertConfigWith(const BertDefaults& defaults, const ConfigReader& reader,
                                               const Family& family);
[[nodiscard]] nlohmann::ordered_json writeBertConfig(const EncoderConfig& config);
/// The tables that the first layer's input is summed from.
[[nodiscard]] WeightNames bertTables(const EncoderConfig& config);
/// Those, and their norm.
[[nodiscard]] std::vector<WeightName> bertEmbeddingWeights(const EncoderConfig& config);
[[nodiscard]] std::vector<WeightName> bertLayerWeights(const EncoderConfig& config, std::int64_t layer);

/// What a family calls the weights of BERT's layer; `layer` comes before the layer's number.
struct PostNormNames {
    std::string layer, query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm;
};
[[nodiscard]] std::vector<WeightName> postNormLayerWeights(const EncoderConfig& config, std::int64_t layer,
                                                           const PostNormNames& theirs);

} // namespace finescope::engine
