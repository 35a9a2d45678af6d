#include "core/analysis/statistics/percentile.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace finescope::analysis {

double percentileOfSorted(std::span<const double> sorted, double p) {
    assert(!sorted.empty() && p >= 0 && p <= 1);
    const double place = p * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

Interval percentileInterval(std::vector<double> values, double level) {
    std::ranges::sort(values);
    return {.low = percentileOfSorted(values, (1 - level) / 2),
            .high = percentileOfSorted(values, (1 + level) / 2)};
}

} // namespace finescope::analysis
