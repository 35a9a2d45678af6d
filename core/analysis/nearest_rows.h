#pragma once

#include "core/analysis/work_hooks.h"
#include "core/matrix.h"

namespace finescope::analysis {

/// The k nearest other rows of each row (Euclidean distance), nearest first; of equal distances the lower
/// index.
struct NearestRows {
    Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> indices; ///< [N, k]
    MatrixD squaredDistances;                                                             ///< [N, k]
};

/// By comparing all pairs, a block of rows at a time: O(N^2 h) work, O(N k) memory. points [N, h], N > k >=
/// 1, finite. threads as inParallel. Throws Error{badInput}, Error{cancelled}.
[[nodiscard]] NearestRows nearestRows(const MatrixViewD& points, int k, int threads = 1,
                                      const WorkHooks& hooks = {});

} // namespace finescope::analysis
