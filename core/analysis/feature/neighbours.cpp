#include "core/analysis/feature/neighbours.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/feature/nearest_rows.h"
#include "core/error.h"

#include <algorithm>
#include <string>

namespace finescope::analysis {

namespace {

std::vector<Eigen::Index> evenlySpaced(Eigen::Index count, Eigen::Index most) {
    std::vector<Eigen::Index> rows(static_cast<std::size_t>(std::min(count, most)));
    const auto chosen = static_cast<Eigen::Index>(rows.size());
    for (Eigen::Index i = 0; i < chosen; ++i) {
        rows[static_cast<std::size_t>(i)] = i * count / chosen;
    }
    return rows;
}

/// Of each row, the share of its neighbours that it keeps.
VectorD keptShares(const NearestRows& before, const NearestRows& after) {
    const Eigen::Index k = before.indices.cols();
    VectorD shares(before.indices.rows());
    for (Eigen::Index row = 0; row < shares.size(); ++row) {
        Eigen::Index kept = 0;
        for (const std::int32_t other : before.indices.row(row)) {
            kept += (after.indices.row(row).array() == other).any() ? 1 : 0;
        }
        shares(row) = static_cast<double>(kept) / static_cast<double>(k);
    }
    return shares;
}

/// Of the rows that `nearest` is of, in the same order.
double purity(const NearestRows& nearest, std::span<const Eigen::Index> rows, const Labels& labels) {
    std::ptrdiff_t same = 0;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        same += std::ranges::count_if(
            nearest.indices.row(static_cast<Eigen::Index>(at)), [&](std::int32_t other) {
                return labels[static_cast<std::size_t>(other)] == labels[static_cast<std::size_t>(rows[at])];
            });
    }
    return static_cast<double>(same) / static_cast<double>(nearest.indices.size());
}

} // namespace

NeighbourNumbers neighbourNumbers(const MatrixViewF& before, const MatrixViewF& after, const Labels& labels,
                                  const NeighbourOptions& options, const WorkHooks& hooks) {
    for (const MatrixViewF* features : {&before, &after}) {
        if (features->rows() > 0) {
            requireFinite(*features, "features");
            if (features->rows() != static_cast<Eigen::Index>(labels.size())) {
                throw Error(ErrorKind::badInput, "neighbours and their classes: got " +
                                                     std::to_string(labels.size()) + " labels of " +
                                                     std::to_string(features->rows()) + " rows");
            }
        }
    }
    NeighbourNumbers numbers;
    numbers.k = options.k;
    numbers.samples = static_cast<Eigen::Index>(labels.size());
    if (numbers.samples <= options.k) {
        return numbers;
    }
    const std::vector<Eigen::Index> rows = evenlySpaced(numbers.samples, options.mostRows);
    numbers.rows = static_cast<Eigen::Index>(rows.size());
    std::optional<NearestRows> first, last;
    if (before.rows() > 0) {
        first = nearestRows(before, rows, options.k, options.bootstrap.threads, part(hooks, 0, 0.49));
        numbers.purityBefore = purity(*first, rows, labels);
    }
    if (after.rows() > 0) {
        last = nearestRows(after, rows, options.k, options.bootstrap.threads, part(hooks, 0.49, 0.98));
        numbers.purityAfter = purity(*last, rows, labels);
    }
    if (first && last) {
        const VectorD kept = keptShares(*first, *last);
        numbers.overlap = Estimate{.value = kept.mean(),
                                   .interval = meanInterval(kept, options.bootstrap, part(hooks, 0.98, 1))};
    }
    return numbers;
}

} // namespace finescope::analysis
