#pragma once

#include "core/matrix.h"

#include <string_view>

namespace finescope::analysis {

/// The directions in which a set of centred rows is spread.
struct ScatterDirections {
    VectorD values;          ///< [k] eigenvalues of rows^T rows, descending, all above 1e-12 of the largest
    Eigen::MatrixXd vectors; ///< [h, k] their orthonormal eigenvectors, as columns
    double trace = 0;        ///< of rows^T rows, dropped eigenvalues included
};

/// Eigenvalues and eigenvectors of rows^T rows from whichever of the two Gram matrices is smaller: both have
/// the same non-zero eigenvalues. centredRows [N, h]. O(N h min(N, h)). `what` names the quantity in the
/// Error{numeric} that a failure to converge throws.
[[nodiscard]] ScatterDirections scatterDirections(const MatrixD& centredRows, std::string_view what);

/// The same from the scatter rows^T rows itself, of which only the lower triangle is read: [h, h].
[[nodiscard]] ScatterDirections scatterDirectionsOf(const Eigen::MatrixXd& scatter, std::string_view what);

} // namespace finescope::analysis
