#pragma once

#include "core/record/run.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What the linear probe of each run chose, a sentence for each run that says so, in the order of legends:
/// "LP: C = 21.54, the best of 10 by accuracy over 5 folds (.7925)."
[[nodiscard]] std::vector<std::string> probeNotes(std::span<const record::Run> runs);

} // namespace finescope::figure
