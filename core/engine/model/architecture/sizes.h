#pragma once

#include "core/engine/model/architecture/family.h"

#include <cstdint>
#include <string>

namespace finescope::engine {

/// The sizes that config.json has under the names of most families: width, layers, heads, intermediate size,
/// words. Throws Error{badFile} for one that is missing or no whole number above 0.
[[nodiscard]] EncoderConfig readSizes(const ConfigReader& reader);
/// Throws Error{badFile}, naming the keys, unless the hidden size is a multiple of the heads.
void requireWholeHeads(const ConfigReader& reader, const EncoderConfig& config,
                       const std::string& sizeKey = "hidden_size",
                       const std::string& headsKey = "num_attention_heads");
/// What Family::small has in every family: its name, its pad id and sizes.
[[nodiscard]] EncoderConfig smallSizes(const Family& family, std::int64_t width);

} // namespace finescope::engine
