#pragma once

#include "core/engine/model/architecture/family.h"

/// What families with BERT's layers and config.json share.
namespace finescope::engine {

/// Post-layer-norm, absolute positions, exact GELU; else Error{badFile}.
[[nodiscard]] EncoderConfig readBertConfig(const ConfigReader& reader, const Family& family);
[[nodiscard]] nlohmann::ordered_json writeBertConfig(const EncoderConfig& config);
[[nodiscard]] std::vector<WeightName> bertEmbeddingWeights(const EncoderConfig& config);
[[nodiscard]] std::vector<WeightName> bertLayerWeights(const EncoderConfig& config, std::int64_t layer);
/// Family::small but for the number of layers, types and the pad id.
[[nodiscard]] EncoderConfig smallBert(std::int64_t width);

} // namespace finescope::engine
