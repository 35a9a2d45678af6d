#include "core/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace finescope::figure {

Range colourRange(const HeatMap& map) {
    if (map.colours) {
        return *map.colours;
    }
    const bool positive = map.scale == Scale::logarithmic && !map.diverging;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double value : map.cells->values) {
        if (std::isfinite(value) && (!positive || value > 0)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (low > high) {
        return {positive ? 0.1 : 0.0, 1};
    }
    if (map.diverging) {
        const double reach = std::max(std::abs(low), std::abs(high));
        return reach > 0 ? Range{-reach, reach} : Range{-1, 1};
    }
    if (low == high) {
        return positive ? Range{low / 2, high * 2} : Range{low - 0.5, high + 0.5};
    }
    return {low, high};
}

double colourPlace(const HeatMap& map, const Range& range, double value) {
    if (map.diverging) {
        return range.high > 0 ? value / range.high : 0;
    }
    if (map.scale == Scale::logarithmic) {
        return value <= range.low ? 0 : std::log(value / range.low) / std::log(range.high / range.low);
    }
    return (value - range.low) / (range.high - range.low);
}

} // namespace finescope::figure
