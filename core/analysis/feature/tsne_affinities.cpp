#include "core/analysis/feature/tsne_affinities.h"

#include "core/analysis/feature/nearest_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace finescope::analysis {

namespace {
constexpr int kHalvings = 200;
constexpr double kEntropyTolerance = 1e-5;
} // namespace

VectorD conditionalAffinities(const VectorD& squaredDistances, double perplexity) {
    // Only differences count, and the nearest one keeps its weight of 1 however large beta becomes.
    const VectorD distances = squaredDistances.array() - squaredDistances.minCoeff();
    const double target = std::log(perplexity);
    const double scale = distances.mean();
    double beta = scale > 0 ? 1 / scale : 1, low = 0, high = std::numeric_limits<double>::infinity();
    VectorD weights;
    for (int halving = 0; halving < kHalvings; ++halving) {
        weights = (-beta * distances.array()).exp();
        const double sum = weights.sum();
        const double entropy = std::log(sum) + beta * distances.dot(weights) / sum;
        weights /= sum;
        if (std::abs(entropy - target) <= kEntropyTolerance) {
            break;
        }
        if (entropy > target) {
            low = beta;
            beta = std::isinf(high) ? 2 * beta : (beta + high) / 2;
        } else {
            high = beta;
            beta = (beta + low) / 2;
        }
        if (!std::isfinite(beta)) {
            break; // more points than the perplexity are equally near
        }
    }
    return weights;
}

Affinities tsneAffinities(const MatrixViewD& points, double perplexity, int threads, const WorkHooks& hooks) {
    const Eigen::Index rows = points.rows();
    if (!(perplexity >= 1 && perplexity < static_cast<double>(rows - 1))) {
        throw Error(ErrorKind::badInput,
                    "t-SNE: a perplexity from 1 to below the number of points less one (" +
                        std::to_string(rows - 1) + ") is needed, got " + std::to_string(perplexity));
    }
    const int k = static_cast<int>(std::min(static_cast<double>(rows - 1), std::floor(3 * perplexity + 1)));
    const NearestRows nearest = nearestRows(points, k, threads, hooks);
    using Entry = std::pair<std::int32_t, double>;
    std::vector<std::vector<Entry>> entries(static_cast<std::size_t>(rows));
    const double share = 1 / (2 * static_cast<double>(rows));
    for (Eigen::Index row = 0; row < rows; ++row) {
        const VectorD given = conditionalAffinities(nearest.squaredDistances.row(row), perplexity);
        for (Eigen::Index i = 0; i < k; ++i) {
            const std::int32_t other = nearest.indices(row, i);
            entries[static_cast<std::size_t>(row)].emplace_back(other, share * given(i));
            entries[static_cast<std::size_t>(other)].emplace_back(static_cast<std::int32_t>(row),
                                                                  share * given(i));
        }
    }
    Affinities result;
    result.start.push_back(0);
    for (std::vector<Entry>& row : entries) {
        std::ranges::stable_sort(row, {}, &Entry::first);
        for (const auto& [column, value] : row) {
            const bool again = static_cast<std::int64_t>(result.columns.size()) > result.start.back() &&
                               result.columns.back() == column;
            if (again) {
                result.values.back() += value;
            } else {
                result.columns.push_back(column);
                result.values.push_back(value);
            }
        }
        result.start.push_back(static_cast<std::int64_t>(result.columns.size()));
    }
    return result;
}

} // namespace finescope::analysis
