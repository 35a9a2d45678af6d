#pragma once

#include "core/record/run.h"

#include <nlohmann/json_fwd.hpp>

namespace finescope::analysis {

/// The config of a run as JSON; null if it is no JSON object. It is free text in a file that anyone may have
/// written: whoever asks for a key looks at its type.
[[nodiscard]] nlohmann::json configOf(const record::Run& run);

} // namespace finescope::analysis
