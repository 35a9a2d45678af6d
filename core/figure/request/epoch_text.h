#pragma once

#include "core/record/run.h"

#include <optional>
#include <string>
#include <string_view>

namespace finescope::figure {

/// An evaluation as recipes and the command line name it: "3" (fine-tuning) or "lp:1" (linear probing).
[[nodiscard]] std::string epochText(const record::EpochKey& key);
/// What epochText wrote; nullopt for any other text.
[[nodiscard]] std::optional<record::EpochKey> epochFromText(std::string_view text);

} // namespace finescope::figure
