#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// Matthews correlation of predictions with labels in its form for any number of classes (Gorodkin's R_K): 1
/// perfect, 0 chance. 0 where it is undefined because all predictions or all labels are one class, as
/// scikit-learn does. predicted [N], labels [N], N >= 1, both in 0..classes-1. Throws Error{badInput}.
/// Source: Gorodkin 2004; definitions.md, Task metric.
[[nodiscard]] double matthewsCorrelation(const Labels& predicted, const Labels& labels, int classes);

} // namespace finescope::analysis
