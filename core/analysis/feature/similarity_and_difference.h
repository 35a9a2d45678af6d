#pragma once

#include "core/analysis/feature/fisher_ratio.h"
#include "core/matrix.h"

namespace finescope::analysis {

/// Mean cosine similarity over all pairs i < j of different rows; features [N, h], N >= 2. O(N h). NaN-free:
/// rows of zero length are refused with Error{numeric}. definitions.md, Cosine similarity.
[[nodiscard]] double cosineSimilarity(const MatrixViewF& features);

/// Mean over rows of ||after - before||_2; both [N, h]. definitions.md, Feature difference.
[[nodiscard]] double featureDifference(const MatrixViewF& before, const MatrixViewF& after);

} // namespace finescope::analysis
