#pragma once

#include "core/engine/model/config.h"
#include "core/engine/model/config_reader.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace finescope::engine {

/// Rotary positions as config.json says them: `rope_parameters` of transformers 5, or `rope_theta` and
/// `rope_scaling` of transformers 4. `maxPositions`: its max_position_embeddings; `width`: of a head. Throws
/// Error{badFile} for a kind that is not computed and for an odd width.
[[nodiscard]] RotarySettings readRotary(const ConfigReader& reader, std::int64_t maxPositions,
                                        std::int64_t width);
/// The same of one kind of layers, from their own object (null: none), with theta where it says none.
[[nodiscard]] RotarySettings readRotary(const ConfigReader& reader, const ConfigReader* own, double base,
                                        std::int64_t maxPositions, std::int64_t width);
/// The longest input that is computed: longRope turns longer ones than those of pre-training by its long
/// factors.
[[nodiscard]] std::int64_t longestInput(const RotarySettings& settings, std::int64_t maxPositions);
/// The object `rope_parameters`.
[[nodiscard]] nlohmann::ordered_json writeRotary(const RotarySettings& settings);

} // namespace finescope::engine
