#pragma once

#include "core/matrix.h"

#include <vector>

namespace finescope::analysis {

/// Fold index 0..folds-1 of each row, stratified by class without shuffling, as scikit-learn's
/// StratifiedKFold allots them; classes with fewer rows than folds are in some folds only. Throws
/// Error{badInput} with fewer than two folds, fewer rows than folds, or if every class has fewer rows than
/// folds.
[[nodiscard]] std::vector<int> stratifiedFolds(const Labels& labels, int folds);

} // namespace finescope::analysis
