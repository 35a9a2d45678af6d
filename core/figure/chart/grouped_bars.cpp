#include "core/figure/chart/grouped_bars.h"

#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace finescope::figure {

namespace {

constexpr double kOccupied = 0.8; // of a category's width
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The value 1, 2 or 5 times a power of ten that is next to a positive one, below or above it.
double roundValue(double value, bool above) {
    const double decade = std::pow(10.0, std::floor(std::log10(value)));
    if (above) {
        for (const double step : {1.0, 2.0, 5.0}) {
            if (step * decade >= value) {
                return step * decade;
            }
        }
        return 10 * decade;
    }
    return decade * (value >= 5 * decade ? 5 : value >= 2 * decade ? 2 : 1);
}

/// Round values around all positive ones, with some bar of the smallest left to see.
Range logRange(const std::vector<BarSeries>& series) {
    double low = std::numeric_limits<double>::infinity(), high = 0;
    for (const BarSeries& one : series) {
        for (const auto& sample : one.values) {
            for (const double value : sample) {
                if (value > 0) {
                    low = std::min(low, value);
                    high = std::max(high, value);
                }
            }
        }
    }
    if (high <= 0) {
        return {.low = 0.1, .high = 1};
    }
    return {.low = roundValue(low / 1.25, false), .high = roundValue(1.05 * high, true)};
}

} // namespace

std::size_t addGroupedBars(Panel& panel, const std::vector<std::string>& categories,
                           const std::vector<BarSeries>& series, const GroupedBarOptions& options) {
    const bool logarithmic = options.scale == Scale::logarithmic;
    const auto count = static_cast<double>(categories.size());
    panel.x.ticks = TickStyle::category;
    panel.x.categories = categories;
    panel.x.range = Range{.low = -0.6, .high = count - 0.4};
    panel.y.scale = options.scale;
    double base = 0;
    if (logarithmic) {
        panel.y.range = logRange(series);
        base = panel.y.range->low;
    }
    const double slots =
        options.placement == BarPlacement::sideBySide ? static_cast<double>(series.size()) : 1.5;
    const double slot = kOccupied / std::max(1.0, slots);
    std::size_t largest = 0;
    Line whiskers{
        .name = spreadName(options.spread), .x = {}, .y = {}, .style = {}, .legend = false, .whiskers = true};
    for (std::size_t which = 0; which < series.size(); ++which) {
        const BarSeries& one = series[which];
        Bars bars{.name = one.name, .style = one.style, .legend = true};
        Scatter dots{.name = one.name + ": each seed", .style = one.style, .legend = false};
        for (std::size_t category = 0; category < one.values.size(); ++category) {
            std::vector<double> sample;
            std::ranges::copy_if(
                one.values[category], std::back_inserter(sample),
                [logarithmic](double value) { return std::isfinite(value) && (!logarithmic || value > 0); });
            if (sample.empty()) {
                continue;
            }
            largest = std::max(largest, sample.size());
            const double middle =
                static_cast<double>(category) + (options.placement == BarPlacement::sideBySide
                                                     ? slot * (static_cast<double>(which) - (slots - 1) / 2)
                                                     : 0.0);
            const analysis::SeedStatistics statistics = analysis::seedStatistics(sample, options.spread);
            bars.left.push_back(middle - slot * 0.46);
            bars.right.push_back(middle + slot * 0.46);
            bars.base.push_back(base);
            bars.top.push_back(statistics.mean);
            std::string note =
                one.name + ", " + categories[category] + ": " + significant(statistics.mean, 4);
            if (statistics.n > 1) {
                note += " (" + spreadName(options.spread) + " " + significant(statistics.low, 4) + " to " +
                        significant(statistics.high, 4) + ", n = " + std::to_string(statistics.n) + ")";
                const double low = logarithmic ? std::max(statistics.low, base) : statistics.low;
                whiskers.x.insert(whiskers.x.end(), {middle, middle, middle});
                whiskers.y.insert(whiskers.y.end(), {low, statistics.high, kNaN});
                for (const double value : sample) {
                    dots.x.push_back(middle);
                    dots.y.push_back(value);
                    dots.note.push_back(one.name + ", one seed: " + significant(value, 4));
                }
            }
            bars.note.push_back(std::move(note));
        }
        panel.bars.push_back(std::move(bars));
        if (!dots.x.empty()) {
            panel.scatters.push_back(std::move(dots));
        }
    }
    if (!whiskers.x.empty()) {
        panel.curves.push_back(std::move(whiskers));
    }
    return largest;
}

std::string barsNote(std::size_t largest, analysis::Spread spread) {
    return largest < 2 ? std::string{}
                       : "Bars: mean over seeds; whiskers: " + spreadName(spread) + ", n up to " +
                             std::to_string(largest) + "; dots: single seeds.";
}

} // namespace finescope::figure
