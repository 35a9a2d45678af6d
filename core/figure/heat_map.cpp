#include "core/figure/figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

Panel colourScale(const HeatMap& of) {
    constexpr int kSteps = 256;
    const Range range = colourRange(of);
    HeatCells cells{.rows = 1, .columns = kSteps};
    for (int i = 0; i < kSteps; ++i) {
        const double part = (i + 0.5) / kSteps;
        cells.values.push_back(of.scale == Scale::logarithmic
                                   ? range.low * std::pow(range.high / range.low, part)
                                   : range.low + part * (range.high - range.low));
    }
    Panel panel;
    panel.x = {.label = of.label, .scale = of.scale, .range = range};
    panel.y = {.ticks = TickStyle::category, .range = Range{0, 1}};
    panel.heatMap = HeatMap{.cells = std::make_shared<const HeatCells>(std::move(cells)),
                            .diverging = of.diverging,
                            .scale = of.scale,
                            .label = of.label,
                            .colours = range,
                            .across = range};
    return panel;
}

} // namespace finescope::figure
