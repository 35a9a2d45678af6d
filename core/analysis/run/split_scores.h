#pragma once

#include "core/analysis/run/run_traits.h"
#include "core/matrix.h"

namespace finescope::analysis {

/// The score of the predictions that the logits make, ties at the maximum going to the lowest class: of
/// summary, figures, tables and claims alike. logits [N, C], labels [N] in 0..C-1, N >= 1, as readLogits()
/// gives them. definitions.md, Task metric.
[[nodiscard]] double splitScore(const MatrixViewF& logits, const Labels& labels, TaskMetric metric);

} // namespace finescope::analysis
