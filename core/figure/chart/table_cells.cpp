#include "core/figure/chart/table_cells.h"

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/number_text.h"

#include <cmath>
#include <set>

namespace finescope::figure {

Format significantDigits(int digits) {
    return [digits](double value) { return significant(value, digits); };
}

Format hundredths(int decimals) {
    return [decimals](double value) { return fixed(value, decimals); };
}

Cell textCell(std::string words) {
    return {.text = std::move(words)};
}

Cell blankCell() {
    return {.text = "\u2013", .blank = true};
}

Cell percentCell(double fraction) {
    if (std::isnan(fraction)) {
        return blankCell();
    }
    Cell cell = textCell(fixed(100 * fraction, 2));
    cell.value = 100 * fraction;
    return cell;
}

Cell percentsCell(const analysis::Interval& fractions) {
    return {.text = "[" + fixed(100 * fractions.low, 2) + ", " + fixed(100 * fractions.high, 2) + "]",
            .interval = Range{100 * fractions.low, 100 * fractions.high}};
}

Cell cellOf(const std::vector<double>& sample, const Format& format) {
    if (sample.empty()) {
        return blankCell();
    }
    const auto statistics = analysis::seedStatistics(sample, analysis::Spread::standardDeviation);
    Cell cell{.text = format(statistics.mean), .value = statistics.mean, .count = statistics.n};
    if (statistics.n > 1) {
        cell.deviation = statistics.standardDeviation;
        cell.text += " \u00b1 " + format(statistics.standardDeviation);
    }
    return cell;
}

Cell sampleCell(const CellSample& sample, const Format& format) {
    Cell cell = cellOf(sample.values, format);
    cell.collapsed = sample.collapsed;
    return cell;
}

void sayCounts(Table& table) {
    std::set<std::int64_t> counts;
    for (const auto& row : table.rows) {
        for (const Cell& cell : row) {
            if (cell.count > 1) {
                counts.insert(cell.count);
            }
        }
    }
    const std::string statistic = "mean \u00b1 sample standard deviation over seeds";
    if (counts.empty()) {
        table.notes.push_back("One run per cell.");
        return;
    }
    if (counts.size() == 1) {
        table.notes.push_back("Cells: " + statistic + ", n = " + std::to_string(*counts.begin()) +
                              "; without a deviation: one value.");
        return;
    }
    for (auto& row : table.rows) {
        for (Cell& cell : row) {
            if (cell.count > 0) {
                cell.text += " (" + std::to_string(cell.count) + ")";
            }
        }
    }
    table.notes.push_back("Cells: " + statistic + " (n).");
}

} // namespace finescope::figure
