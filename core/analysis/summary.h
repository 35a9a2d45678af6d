#pragma once

#include "core/record/run.h"

#include <nlohmann/json_fwd.hpp>

namespace finescope::analysis {

/// The object that `finescope summary --json` prints for one run (DESIGN, Commands). A number that does not
/// exist is null, never 0. Reads logits and features through run.parts.
[[nodiscard]] nlohmann::ordered_json summarise(const record::Run& run, int binCount = 15);

} // namespace finescope::analysis
