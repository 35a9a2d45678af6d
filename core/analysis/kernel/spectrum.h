#pragma once

#include "core/matrix.h"

#include <cstdint>
#include <span>

namespace finescope::analysis {

/// Singular values of a symmetric matrix [m, m], descending: the absolute eigenvalues of its symmetric part.
/// O(m^3). Throws Error{badInput} if it is not square or not finite.
[[nodiscard]] VectorD symmetricSingularValues(const MatrixD& matrix);

/// How many singular values are above (largest) x (order of the matrix) x 2^-23: the rank that float32
/// arithmetic would report, whatever the precision of the values. singularValues: all of them, non-negative.
/// definitions.md, Ranks.
[[nodiscard]] std::int64_t numericalRank(std::span<const double> singularValues);

/// exp(-sum p ln p) with p = sigma / sum sigma: 1..m, and 0 if all are zero. Source: Roy and Vetterli 2007.
[[nodiscard]] double effectiveRank(std::span<const double> singularValues);

/// ||K||_F^2 / sigma_max^2: 1..m, and 0 if all are zero.
[[nodiscard]] double stableRank(std::span<const double> singularValues);

} // namespace finescope::analysis
