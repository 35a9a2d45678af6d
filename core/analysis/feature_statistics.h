#pragma once

#include "core/matrix.h"

#include <optional>

namespace finescope::analysis {

/// Mean cosine similarity over all pairs i < j of different rows; features [N, h], N >= 2. O(N h). NaN-free:
/// rows of zero length are refused with Error{numeric}. PAPER 2.2.
[[nodiscard]] double cosineSimilarity(const MatrixViewF& features);

/// Mean over rows of ||after - before||_2; both [N, h]. PAPER 2.3.
[[nodiscard]] double featureDifference(const MatrixViewF& before, const MatrixViewF& after);

/// Fisher's discriminant ratio with how it was computed. PAPER 2.4, DESIGN "Definitions".
struct FisherRatio {
    double value = 0;
    double ridge = 0;            ///< 0, or the relative ridge lambda / (tr(S_W)/h)
    std::int64_t rankWithin = 0; ///< eigenvalues of S_W above 1e-12 of the largest
    std::int64_t samples = 0, width = 0;
};

/// trace(S_W^+ S_B) over the kept eigenvalues if n - C >= h, else trace((S_W + lambda I)^-1 S_B) with
/// lambda = ridge tr(S_W)/h (ridge 1e-3 unless given). features [N, h], labels [N] in 0..classes-1.
/// Throws Error{badInput} with fewer than two classes present or fewer than two rows.
[[nodiscard]] FisherRatio fisherDiscriminantRatio(const MatrixViewF& features, const Labels& labels,
                                                  int classes,
                                                  std::optional<double> relativeRidge = std::nullopt);

} // namespace finescope::analysis
