#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/figure.h"

#include <string>
#include <vector>

namespace finescope::figure {

/// The bars of one method: in each category, the values of its seeds (may be none: then no bar).
struct BarSeries {
    std::string name{};
    Style style{};
    std::vector<std::vector<double>> values{}; ///< one sample per category
};

enum class BarPlacement {
    sideBySide, ///< every category holds a slot for every series
    alone,      ///< every category belongs to one series, whose bar stands in its middle
};

struct GroupedBarOptions {
    analysis::Spread spread = analysis::Spread::tInterval95;
    Scale scale = Scale::linear;
    BarPlacement placement = BarPlacement::sideBySide;
};

/// Fills `panel` with bars of the means over categories 0, 1, 2, ..., whiskers of the spread where a sample
/// has more than one value, and a dot for each value. Sets the category axis and, on a logarithmic y axis,
/// the range (bars then start a little below the smallest value; values <= 0 get no bar). Returns the largest
/// sample size.
std::size_t addGroupedBars(Panel& panel, const std::vector<std::string>& categories,
                           const std::vector<BarSeries>& series, const GroupedBarOptions& options);

/// What bars, whiskers and dots are, and the largest sample size; "" where no bar is a mean.
[[nodiscard]] std::string barsNote(std::size_t largest, analysis::Spread spread);

} // namespace finescope::figure
