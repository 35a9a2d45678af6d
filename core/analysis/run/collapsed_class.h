#pragma once

#include "core/analysis/run/split_logits.h"
#include "core/record/run.h"

#include <cstdint>
#include <optional>

namespace finescope::analysis {

/// Whether a run that predicts one class for all of this split counts as collapsed: test and
/// out-of-distribution splits. definitions.md, Collapsed runs.
[[nodiscard]] bool countsAsCollapse(const record::SplitInfo& split);

/// The one class that is predicted for every row of a split with more than one label: such a run has
/// collapsed, and its feature and classifier numbers say little. nullopt if it predicts several, or if all
/// labels are one.
[[nodiscard]] std::optional<std::int64_t> collapsedClass(const SplitLogits& split);

/// The same of the reported model; nullopt without logits. Throws as readLogits().
[[nodiscard]] std::optional<std::int64_t> collapsedClass(const record::Run& run,
                                                         const record::SplitInfo& split);

} // namespace finescope::analysis
