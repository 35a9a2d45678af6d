#pragma once

#include "core/analysis/statistics/percentile.h"
#include "core/figure/figure.h"

#include <functional>
#include <string>
#include <vector>

namespace finescope::figure {

/// How a table writes the numbers of a column.
using Format = std::function<std::string(double)>;
[[nodiscard]] Format significantDigits(int digits);
/// That many digits after the point.
[[nodiscard]] Format hundredths(int decimals);

/// Words, with no number behind them.
[[nodiscard]] Cell textCell(std::string words);

/// A dash where there is no number or name.
[[nodiscard]] Cell blankCell();

/// Fractions in percent with two digits; a dash for NaN.
[[nodiscard]] Cell percentCell(double fraction);
/// "[1.20, 3.40]": both ends of an interval in percent.
[[nodiscard]] Cell percentsCell(const analysis::Interval& fractions);

/// "mean ± sd" of a sample, "mean" of one value, a dash of none.
[[nodiscard]] Cell cellOf(const std::vector<double>& sample, const Format& format);

/// The numbers of a cell, and whether a run behind them collapsed.
struct CellSample {
    std::vector<double> values{};
    bool collapsed = false;
};

/// As of its values, with its mark.
[[nodiscard]] Cell sampleCell(const CellSample& sample, const Format& format);

/// Says n once in the notes if all cells agree; else in every cell.
void sayCounts(Table& table);

} // namespace finescope::figure
