#include "core/analysis/nearest_rows.h"

#include "core/analysis/parallel.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {
constexpr Eigen::Index kBlock = 128; // rows
}

NearestRows nearestRows(const MatrixViewD& points, int k, int threads, const WorkHooks& hooks) {
    const Eigen::Index rows = points.rows();
    if (k < 1 || rows <= k) {
        throw Error(ErrorKind::badInput, "the " + std::to_string(k) +
                                             " nearest neighbours need k >= 1 and more than k rows, got " +
                                             std::to_string(rows));
    }
    // Centred first: points that all look alike would lose their distances to cancellation.
    const MatrixD centred = points.rowwise() - points.colwise().mean();
    const VectorD squared = centred.rowwise().squaredNorm();
    NearestRows nearest;
    nearest.indices.resize(rows, k);
    nearest.squaredDistances.resize(rows, k);
    inParallel(
        threads, static_cast<std::size_t>((rows + kBlock - 1) / kBlock),
        [&](std::size_t block) {
            const Eigen::Index first = static_cast<Eigen::Index>(block) * kBlock;
            const Eigen::Index count = std::min(kBlock, rows - first);
            MatrixD distances = -2 * centred.middleRows(first, count) * centred.transpose();
            distances.rowwise() += squared.transpose(); // a row's own square is the same for all others
            std::vector<std::int32_t> order(static_cast<std::size_t>(rows));
            for (Eigen::Index row = first; row < first + count; ++row) {
                auto from = distances.row(row - first);
                from(row) = std::numeric_limits<double>::infinity();
                std::iota(order.begin(), order.end(), 0);
                std::partial_sort(
                    order.begin(), order.begin() + k, order.end(), [&](std::int32_t one, std::int32_t other) {
                        return from(one) < from(other) || (from(one) == from(other) && one < other);
                    });
                for (Eigen::Index i = 0; i < k; ++i) {
                    const std::int32_t other = order[static_cast<std::size_t>(i)];
                    nearest.indices(row, i) = other;
                    nearest.squaredDistances(row, i) = (centred.row(row) - centred.row(other)).squaredNorm();
                }
            }
        },
        hooks, "the search for nearest neighbours");
    return nearest;
}

} // namespace finescope::analysis
