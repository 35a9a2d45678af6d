#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/similarity_and_difference.h"
#include "core/matrix.h"

#include <optional>

namespace finescope::analysis {

/// What fine-tuning did to the features of a split. A number is absent where these features have none: fewer
/// than two rows or classes, a row of length zero, no spread within classes, or features that were not
/// recorded.
struct FeatureChange {
    std::optional<double> cosinePretrained, cosineFinal;
    std::optional<double> difference; ///< also absent where the two widths differ
    std::optional<FisherRatio> fisherPretrained, fisherFinal;
};

/// pretrained and final [N, h], or without rows where they were not recorded; labels [N]. Throws
/// Error{badInput} as the functions of similarity_and_difference.h, but not Error{numeric}; Error{cancelled}
/// between the numbers.
[[nodiscard]] FeatureChange featureChange(const MatrixViewF& pretrained, const MatrixViewF& final,
                                          const Labels& labels, const WorkHooks& hooks = {});

} // namespace finescope::analysis
