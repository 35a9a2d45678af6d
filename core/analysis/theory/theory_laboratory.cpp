#include "core/analysis/theory/theory_laboratory.h"

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

namespace {

constexpr double kBestError = 2.0 / 3; // where eps^2 - eps^3 is largest

} // namespace

double loraProbabilityBound(double error, double rank) {
    const double eps = std::min(error, kBestError);
    return 1 - 4 * std::exp(-(eps * eps - eps * eps * eps) * rank / 4);
}

std::optional<double> loraErrorBound(double rank, double probability) {
    if (loraProbabilityBound(kBestError, rank) < probability) {
        return std::nullopt;
    }
    double low = 0, high = kBestError;
    for (int halving = 0; halving < 60; ++halving) {
        const double middle = (low + high) / 2;
        (loraProbabilityBound(middle, rank) < probability ? low : high) = middle;
    }
    return high;
}

} // namespace finescope::analysis
