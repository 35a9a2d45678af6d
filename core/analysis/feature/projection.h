#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// The directions of largest variance of a set of points. Further points (the classifier's rows, another
/// epoch) may be projected with the same axes.
struct PrincipalComponents {
    VectorD mean;             ///< [h]
    MatrixD axes;             ///< [k, h], orthonormal rows; the largest entry of each is positive
    VectorD variance;         ///< [k], descending, with n - 1
    double totalVariance = 0; ///< over all directions

    /// (points - mean) axes^T: [m, k] for points [m, h]. Throws Error{badInput} if the widths differ.
    [[nodiscard]] MatrixD project(const MatrixViewF& points) const;
};

/// The first `count` principal components of points [N, h], N >= 2; fewer if fewer directions have any
/// variance (relative to the largest: 1e-12). O(N h min(N, h)). Throws Error{badInput} on too few or
/// non-finite points.
[[nodiscard]] PrincipalComponents principalComponents(const MatrixViewF& points, int count);

} // namespace finescope::analysis
