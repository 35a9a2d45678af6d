#include "core/analysis/neighbours.h"

#include "core/analysis/validation.h"
#include "core/error.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

using Indices = std::vector<Eigen::Index>;

/// The k nearest other rows of each row, their indices ascending; of equal distances the lower index.
std::vector<Indices> nearestRows(const MatrixViewF& features, int k) {
    const Eigen::Index rows = features.rows();
    if (k < 1 || rows <= k) {
        throw Error(ErrorKind::badInput, "the " + std::to_string(k) +
                                             " nearest neighbours need k >= 1 and more than k rows, got " +
                                             std::to_string(rows));
    }
    requireFinite(features, "features");
    // Centred first: features that all look alike would lose their distances to cancellation.
    const MatrixD values = features.cast<double>();
    const MatrixD centred = values.rowwise() - values.colwise().mean();
    const VectorD squared = centred.rowwise().squaredNorm();
    MatrixD distances = -2 * centred * centred.transpose();
    distances.rowwise() += squared.transpose(); // the row's own square is the same for all of its neighbours
    distances.diagonal().setConstant(std::numeric_limits<double>::infinity());

    std::vector<Indices> nearest(static_cast<std::size_t>(rows));
    Indices order(static_cast<std::size_t>(rows));
    for (Eigen::Index row = 0; row < rows; ++row) {
        std::iota(order.begin(), order.end(), Eigen::Index{0});
        std::ranges::partial_sort(order, order.begin() + k, [&](Eigen::Index one, Eigen::Index other) {
            const double near = distances(row, one), far = distances(row, other);
            return near < far || (near == far && one < other);
        });
        Indices& chosen = nearest[static_cast<std::size_t>(row)];
        chosen.assign(order.begin(), order.begin() + k);
        std::ranges::sort(chosen);
    }
    return nearest;
}

} // namespace

double neighbourOverlap(const MatrixViewF& before, const MatrixViewF& after, int k) {
    if (before.rows() != after.rows()) {
        throw Error(ErrorKind::badInput, "neighbours before and after: expected as many rows, got " +
                                             std::to_string(before.rows()) + " and " +
                                             std::to_string(after.rows()));
    }
    const std::vector<Indices> first = nearestRows(before, k), second = nearestRows(after, k);
    std::size_t kept = 0;
    for (std::size_t row = 0; row < first.size(); ++row) {
        Indices common;
        std::ranges::set_intersection(first[row], second[row], std::back_inserter(common));
        kept += common.size();
    }
    return static_cast<double>(kept) / (static_cast<double>(first.size()) * k);
}

double neighbourPurity(const MatrixViewF& features, const Labels& labels, int k) {
    if (static_cast<Eigen::Index>(labels.size()) != features.rows()) {
        throw Error(ErrorKind::badInput, "neighbours and their classes: got " +
                                             std::to_string(labels.size()) + " labels of " +
                                             std::to_string(features.rows()) + " rows");
    }
    const std::vector<Indices> nearest = nearestRows(features, k);
    std::ptrdiff_t same = 0;
    for (std::size_t row = 0; row < nearest.size(); ++row) {
        same += std::ranges::count_if(nearest[row], [&](Eigen::Index other) {
            return labels[static_cast<std::size_t>(other)] == labels[row];
        });
    }
    return static_cast<double>(same) / (static_cast<double>(nearest.size()) * k);
}

} // namespace finescope::analysis
