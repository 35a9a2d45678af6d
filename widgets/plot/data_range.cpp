#include "widgets/plot/data_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace finescope::widgets {

namespace {

class Extent {
public:
    explicit Extent(figure::Scale scale) : m_logarithmic(scale == figure::Scale::logarithmic) {}

    void add(std::span<const double> values) {
        for (const double value : values) {
            if (std::isfinite(value) && (!m_logarithmic || value > 0)) {
                m_low = std::min(m_low, value);
                m_high = std::max(m_high, value);
            }
        }
    }

    /// With `air`, a part of the span, on both sides; linear ranges that nearly reach zero start there.
    [[nodiscard]] figure::Range range(double air, bool fromZero) const {
        if (m_low > m_high) {
            return m_logarithmic ? figure::Range{0.1, 10} : figure::Range{0, 1};
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

bool usable(const std::optional<figure::Range>& range, figure::Scale scale) {
    return range && range->high > range->low && (scale == figure::Scale::linear || range->low > 0);
}

} // namespace

figure::Range homeRangeX(const figure::Panel& panel, figure::Scale scale) {
    if (usable(panel.x.range, scale)) {
        return *panel.x.range;
    }
    if (panel.x.ticks == figure::TickStyle::category && !panel.x.categories.empty()) {
        return {-0.6, static_cast<double>(panel.x.categories.size()) - 0.4};
    }
    if (panel.heatMap && panel.heatMap->columns > 0) {
        return {0, static_cast<double>(panel.heatMap->columns)};
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

figure::Range homeRangeY(const figure::Panel& panel, figure::Side side, figure::Scale scale) {
    const std::optional<figure::Range>& given =
        side == figure::Side::right && panel.right ? panel.right->range : panel.y.range;
    if (usable(given, scale)) {
        return *given;
    }
    if (side == figure::Side::left && panel.heatMap && panel.heatMap->rows > 0) {
        return {0, static_cast<double>(panel.heatMap->rows)};
    }
    Extent extent(scale);
    for (const auto& band : panel.bands) {
        if (band.side == side) {
            extent.add(band.low);
            extent.add(band.high);
        }
    }
    for (const auto& line : panel.curves) {
        if (line.side == side) {
            extent.add(line.y);
        }
    }
    if (side == figure::Side::left) {
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
    return extent.range(0.05, true);
}

} // namespace finescope::widgets
