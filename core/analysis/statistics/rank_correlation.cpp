#include "core/analysis/statistics/rank_correlation.h"

#include "core/error.h"
#include "core/matrix.h"

#include <string>

namespace finescope::analysis {

namespace {

/// Ranks minus their mean, which is the same for every sample of n.
VectorD centredRanks(std::span<const double> values) {
    VectorD ranks(static_cast<Eigen::Index>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        double balance = 0; // values below minus values above
        for (const double other : values) {
            balance += (other < values[i] ? 1 : 0) - (other > values[i] ? 1 : 0);
        }
        ranks(static_cast<Eigen::Index>(i)) = balance / 2;
    }
    return ranks;
}

} // namespace

std::optional<double> rankCorrelation(std::span<const double> one, std::span<const double> other) {
    if (one.size() != other.size() || one.size() < 2) {
        throw Error(ErrorKind::badInput,
                    "rank correlation needs two samples of one size, two values or more, "
                    "got " +
                        std::to_string(one.size()) + " and " + std::to_string(other.size()));
    }
    const VectorD first = centredRanks(one), second = centredRanks(other);
    const double scale = first.norm() * second.norm();
    return scale > 0 ? std::optional(first.dot(second) / scale) : std::nullopt;
}

} // namespace finescope::analysis
