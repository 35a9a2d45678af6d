#pragma once

#include "core/analysis/run/classifier_norms.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

namespace finescope::figure {

/// The classifier weight norms of a run that are finite; what is not, or cannot be read, goes to `problems`.
[[nodiscard]] analysis::NormMoments usableWeightNorms(const record::Run& run, Problems& problems);

} // namespace finescope::figure
