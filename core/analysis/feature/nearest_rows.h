#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/matrix.h"

#include <span>

namespace finescope::analysis {

/// The k nearest other rows of each of M rows (Euclidean distance), nearest first; of equal distances the
/// lower index.
struct NearestRows {
    Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> indices; ///< [M, k]
    MatrixD squaredDistances;                                                             ///< [M, k]
};

/// By comparing all pairs, a block of rows at a time: O(N^2 h) work, O(N k) memory. points [N, h], N > k >=
/// 1, finite. threads as inParallel. Throws Error{badInput}, Error{cancelled}.
[[nodiscard]] NearestRows nearestRows(const MatrixViewD& points, int k, int threads = 1,
                                      const WorkHooks& hooks = {});

/// The same of the rows `of` alone, among all others: O(M N h) work.
[[nodiscard]] NearestRows nearestRows(const MatrixViewF& points, std::span<const Eigen::Index> of, int k,
                                      int threads = 1, const WorkHooks& hooks = {});

} // namespace finescope::analysis
