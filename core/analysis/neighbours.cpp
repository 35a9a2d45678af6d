#include "core/analysis/neighbours.h"

#include "core/analysis/nearest_rows.h"
#include "core/analysis/validation.h"
#include "core/error.h"

#include <algorithm>
#include <string>

namespace finescope::analysis {

namespace {

NearestRows nearestOf(const MatrixViewF& features, int k) {
    requireFinite(features, "features");
    return nearestRows(features.cast<double>(), k);
}

} // namespace

double neighbourOverlap(const MatrixViewF& before, const MatrixViewF& after, int k) {
    if (before.rows() != after.rows()) {
        throw Error(ErrorKind::badInput, "neighbours before and after: expected as many rows, got " +
                                             std::to_string(before.rows()) + " and " +
                                             std::to_string(after.rows()));
    }
    const NearestRows first = nearestOf(before, k), second = nearestOf(after, k);
    Eigen::Index kept = 0;
    for (Eigen::Index row = 0; row < before.rows(); ++row) {
        for (const std::int32_t other : first.indices.row(row)) {
            kept += (second.indices.row(row).array() == other).any() ? 1 : 0;
        }
    }
    return static_cast<double>(kept) / (static_cast<double>(before.rows()) * k);
}

double neighbourPurity(const MatrixViewF& features, const Labels& labels, int k) {
    if (static_cast<Eigen::Index>(labels.size()) != features.rows()) {
        throw Error(ErrorKind::badInput, "neighbours and their classes: got " +
                                             std::to_string(labels.size()) + " labels of " +
                                             std::to_string(features.rows()) + " rows");
    }
    const NearestRows nearest = nearestOf(features, k);
    std::ptrdiff_t same = 0;
    for (Eigen::Index row = 0; row < features.rows(); ++row) {
        same += std::ranges::count_if(nearest.indices.row(row), [&](std::int32_t other) {
            return labels[static_cast<std::size_t>(other)] == labels[static_cast<std::size_t>(row)];
        });
    }
    return static_cast<double>(same) / (static_cast<double>(features.rows()) * k);
}

} // namespace finescope::analysis
