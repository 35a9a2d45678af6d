#include "core/figure/data_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace finescope::figure {

namespace {

class Extent {
public:
    explicit Extent(Scale scale) : m_logarithmic(scale == Scale::logarithmic) {}

    void add(std::span<const double> values) {
        for (const double value : values) {
            if (std::isfinite(value) && (!m_logarithmic || value > 0)) {
                m_low = std::min(m_low, value);
                m_high = std::max(m_high, value);
            }
        }
    }

    [[nodiscard]] bool empty() const { return m_low > m_high; }

    /// Takes in `intervals`, but of what lies beyond the data so far only half their span; on a linear axis
    /// nothing below zero where the data are not.
    void addWithin(const Extent& intervals) {
        if (empty() || intervals.empty()) {
            m_low = std::min(m_low, intervals.m_low);
            m_high = std::max(m_high, intervals.m_high);
            return;
        }
        if (m_low == m_high && !m_logarithmic) { // no span to measure by
            m_low = m_low >= 0 ? std::max(0.0, intervals.m_low) : intervals.m_low;
            m_high = std::max(m_high, intervals.m_high);
            return;
        }
        const double factor = m_logarithmic ? std::sqrt(std::max(10.0, m_high / m_low)) : 1;
        const double reach = m_logarithmic ? 0 : (m_high - m_low) / 2;
        const double lowest =
            m_low >= 0 && !m_logarithmic ? std::max(0.0, m_low - reach) : (m_low - reach) / factor;
        const double highest = (m_high + reach) * factor;
        m_low = std::min(m_low, std::max(lowest, intervals.m_low));
        m_high = std::max(m_high, std::min(highest, intervals.m_high));
    }

    /// With `air`, a part of the span, on both sides; linear ranges that nearly reach zero start there.
    [[nodiscard]] Range range(double air, bool fromZero) const {
        if (empty()) {
            return m_logarithmic ? Range{0.1, 10} : Range{0, 1};
        }
        if (m_logarithmic) {
            const double factor = m_low == m_high ? 2 : std::pow(m_high / m_low, air);
            return {m_low / factor, m_high * factor};
        }
        if (m_low == m_high) {
            const double half = m_low == 0 ? 0.5 : 0.1 * std::abs(m_low);
            return {m_low - half, m_high + half};
        }
        const double span = m_high - m_low;
        const bool anchored = fromZero && m_low >= 0 && m_low < 0.35 * m_high;
        return {anchored ? 0 : m_low - air * span, m_high + air * (anchored ? m_high : span)};
    }

private:
    bool m_logarithmic;
    double m_low = std::numeric_limits<double>::infinity(), m_high = -std::numeric_limits<double>::infinity();
};

bool usable(const std::optional<Range>& range, Scale scale) {
    return range && range->high > range->low && (scale == Scale::linear || range->low > 0);
}

} // namespace

Range homeRangeX(const Panel& panel, Scale scale) {
    if (usable(panel.x.range, scale)) {
        return *panel.x.range;
    }
    if (panel.x.ticks == TickStyle::category && !panel.x.categories.empty()) {
        return {-0.6, static_cast<double>(panel.x.categories.size()) - 0.4};
    }
    if (panel.heatMap && panel.heatMap->cells->columns > 0) {
        return panel.heatMap->across.value_or(Range{0, static_cast<double>(panel.heatMap->cells->columns)});
    }
    Extent extent(scale);
    for (const auto& band : panel.bands) {
        extent.add(band.x);
    }
    for (const auto& line : panel.curves) {
        extent.add(line.x);
    }
    for (const auto& scatter : panel.scatters) {
        extent.add(scatter.x);
    }
    for (const auto& bars : panel.bars) {
        extent.add(bars.left);
        extent.add(bars.right);
    }
    for (const auto& reference : panel.references) {
        if (reference.vertical) {
            extent.add(std::span(&reference.at, 1));
        }
    }
    return extent.range(0.02, false);
}

Range homeRangeY(const Panel& panel, Side side, Scale scale) {
    const std::optional<Range>& given =
        side == Side::right && panel.right ? panel.right->range : panel.y.range;
    if (usable(given, scale)) {
        return *given;
    }
    if (side == Side::left && panel.heatMap && panel.heatMap->cells->rows > 0) {
        return {0, static_cast<double>(panel.heatMap->cells->rows)};
    }
    Extent extent(scale), intervals(scale);
    for (const auto& band : panel.bands) {
        if (band.side == side) {
            intervals.add(band.low);
            intervals.add(band.high);
        }
    }
    for (const auto& line : panel.curves) {
        if (line.side == side) {
            (line.whiskers ? intervals : extent).add(line.y);
        }
    }
    if (side == Side::left) {
        for (const auto& scatter : panel.scatters) {
            extent.add(scatter.y);
        }
        for (const auto& bars : panel.bars) {
            extent.add(bars.base);
            extent.add(bars.top);
        }
        for (const auto& reference : panel.references) {
            if (!reference.vertical) {
                extent.add(std::span(&reference.at, 1));
            }
        }
    }
    extent.addWithin(intervals);
    return extent.range(0.05, true);
}

} // namespace finescope::figure
