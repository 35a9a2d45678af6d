#pragma once

#include "core/engine/model/config_reader.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace finescope::engine {

using LayerRule = std::function<bool(std::int64_t layer)>;

/// Which of so many layers attend to near tokens only. Throws Error{badFile} for more layers than any model
/// has: config.json may claim any number.
[[nodiscard]] std::vector<bool> localLayers(const ConfigReader& reader, std::int64_t layers,
                                            const LayerRule& isLocal);
/// The same as `layer_types` of config.json says it, or by the rule where it is missing. Throws
/// Error{badFile} for another type or number of layers.
[[nodiscard]] std::vector<bool> readLocalLayers(const ConfigReader& reader, std::int64_t layers,
                                                const LayerRule& otherwise);
/// The list `layer_types`.
[[nodiscard]] nlohmann::ordered_json writeLocalLayers(const std::vector<bool>& local);

} // namespace finescope::engine
