#include "core/analysis/feature/nearest_rows.h"

#include "core/analysis/compute/parallel.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kBlock = 128; // rows

/// Of points whose mean is 0: those that all look alike would lose their distances to cancellation.
NearestRows search(const MatrixD& centred, std::span<const Eigen::Index> of, int k, int threads,
                   const WorkHooks& hooks) {
    const Eigen::Index rows = centred.rows();
    const auto wanted = static_cast<Eigen::Index>(of.size());
    if (k < 1 || rows <= k) {
        throw Error(ErrorKind::badInput, "the " + std::to_string(k) +
                                             " nearest neighbours need k >= 1 and more than k rows, got " +
                                             std::to_string(rows));
    }
    const VectorD squared = centred.rowwise().squaredNorm();
    NearestRows nearest;
    nearest.indices.resize(wanted, k);
    nearest.squaredDistances.resize(wanted, k);
    inParallel(
        threads, static_cast<std::size_t>((wanted + kBlock - 1) / kBlock),
        [&](std::size_t block) {
            const Eigen::Index first = static_cast<Eigen::Index>(block) * kBlock;
            const Eigen::Index count = std::min(kBlock, wanted - first);
            const std::span<const Eigen::Index> here =
                of.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
            MatrixD distances = -2 * centred(here, Eigen::all) * centred.transpose();
            distances.rowwise() += squared.transpose(); // a row's own square is the same for all others
            std::vector<std::int32_t> order(static_cast<std::size_t>(rows));
            for (Eigen::Index at = first; at < first + count; ++at) {
                const Eigen::Index row = of[static_cast<std::size_t>(at)];
                auto from = distances.row(at - first);
                from(row) = std::numeric_limits<double>::infinity();
                std::iota(order.begin(), order.end(), 0);
                std::partial_sort(
                    order.begin(), order.begin() + k, order.end(), [&](std::int32_t one, std::int32_t other) {
                        return from(one) < from(other) || (from(one) == from(other) && one < other);
                    });
                for (Eigen::Index i = 0; i < k; ++i) {
                    const std::int32_t other = order[static_cast<std::size_t>(i)];
                    nearest.indices(at, i) = other;
                    nearest.squaredDistances(at, i) = (centred.row(row) - centred.row(other)).squaredNorm();
                }
            }
        },
        hooks, "the search for nearest neighbours");
    return nearest;
}

} // namespace

NearestRows nearestRows(const MatrixViewD& points, int k, int threads, const WorkHooks& hooks) {
    std::vector<Eigen::Index> all(static_cast<std::size_t>(points.rows()));
    std::iota(all.begin(), all.end(), Eigen::Index{0});
    return search(points.rowwise() - points.colwise().mean(), all, k, threads, hooks);
}

NearestRows nearestRows(const MatrixViewF& points, std::span<const Eigen::Index> of, int k, int threads,
                        const WorkHooks& hooks) {
    MatrixD centred = points.cast<double>();
    centred.rowwise() -= centred.colwise().mean().eval();
    return search(centred, of, k, threads, hooks);
}

} // namespace finescope::analysis
