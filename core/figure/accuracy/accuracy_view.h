#pragma once

#include "core/analysis/run/run_traits.h"
#include "core/figure/chart/collapse.h"
#include "core/figure/label/dataset.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What the runs of a data set are scored by: as the first of them that is there says.
[[nodiscard]] analysis::TaskMetric metricOf(std::span<const record::Run> runs, const Dataset& dataset);

/// The score of the reported model of one run on one split.
struct AccuracyEntry {
    std::size_t run = 0; ///< index into the set
    std::string split{};
    double value = 0;                       ///< of metricOf() its data set
    std::optional<std::string> collapsed{}; ///< the one class that it predicts (collapse.h)
};

/// All splits of all runs that hold logits, in the order of the set. Ties at the maximum go to the lowest
/// class. Reads logits and labels; any thread. A split that cannot be used goes to `problems`; without them
/// the error passes.
[[nodiscard]] std::vector<AccuracyEntry> accuracyEntries(std::span<const record::Run> runs,
                                                         Problems* problems = nullptr);

/// Those of the entries that collapsed.
[[nodiscard]] std::vector<Collapse> collapses(std::span<const AccuracyEntry> entries);

} // namespace finescope::figure
