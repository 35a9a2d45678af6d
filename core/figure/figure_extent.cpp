#include "core/figure/figure_extent.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace finescope::figure {

namespace {

/// Collects the range of the finite (and on a logarithmic axis positive) values it is shown.
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

    [[nodiscard]] Range withMargin() const {
        if (m_low > m_high) {
            return m_logarithmic ? Range{0.1, 1} : Range{0, 1};
        }
        if (m_logarithmic) {
            const double margin = m_low == m_high ? 2 : std::pow(m_high / m_low, 0.04);
            return {m_low / margin, m_high * margin};
        }
        const double margin =
            m_low == m_high ? std::max(std::abs(m_low) * 0.1, 0.1) : (m_high - m_low) * 0.04;
        return {m_low - margin, m_high + margin};
    }

private:
    bool m_logarithmic;
    double m_low = std::numeric_limits<double>::infinity(), m_high = -m_low;
};

constexpr double kMmPerPt = 25.4 / 72.27;
constexpr double kGoldenRatio = 0.618;

} // namespace

Range xExtent(const Panel& panel) {
    if (panel.x.range) {
        return *panel.x.range;
    }
    Extent extent(panel.x.scale);
    for (const Line& line : panel.curves) {
        extent.add(line.x);
    }
    for (const Band& band : panel.bands) {
        extent.add(band.x);
    }
    for (const Bars& bars : panel.bars) {
        extent.add(bars.left);
        extent.add(bars.right);
    }
    for (const Scatter& scatter : panel.scatters) {
        extent.add(scatter.x);
    }
    if (panel.heatMap) {
        return {0, static_cast<double>(panel.heatMap->columns)};
    }
    return extent.withMargin();
}

Range yExtent(const Panel& panel, Side side) {
    const Axis& axis = side == Side::right && panel.right ? *panel.right : panel.y;
    if (axis.range) {
        return *axis.range;
    }
    Extent extent(axis.scale);
    for (const Line& line : panel.curves) {
        if (line.side == side) {
            extent.add(line.y);
        }
    }
    for (const Band& band : panel.bands) {
        if (band.side == side) {
            extent.add(band.low);
            extent.add(band.high);
        }
    }
    bool fromZero = false;
    if (side == Side::left) {
        for (const Bars& bars : panel.bars) {
            extent.add(bars.base);
            extent.add(bars.top);
            fromZero = fromZero || std::ranges::find(bars.base, 0.0) != bars.base.end();
        }
        for (const Scatter& scatter : panel.scatters) {
            extent.add(scatter.y);
        }
        if (panel.heatMap) {
            return {0, static_cast<double>(panel.heatMap->rows)};
        }
    }
    Range range = extent.withMargin();
    if (fromZero && axis.scale == Scale::linear && range.high > 0 && range.low > -0.1 * range.high) {
        range.low = 0; // bars stand on the axis
    }
    return range;
}

double naturalHeight(const Figure& figure, double widthMm, double fontPt) {
    const double line = 1.25 * fontPt * kMmPerPt;
    const int columns = std::max(1, figure.columns);
    const double columnWidth = (widthMm - 4 * line) / columns - line;
    double height = 0;
    const auto count = static_cast<int>(figure.panels.size());
    double unit = 0; // mm per unit of rowHeights, set by the first row
    for (int row = 0; row * columns < count; ++row) {
        const Panel& first = figure.panels[static_cast<std::size_t>(row * columns)];
        double plot = (first.square ? 1 : kGoldenRatio) * columnWidth;
        if (columns == 1 && first.square) {
            plot = std::min(plot, 80.0); // a single diagram wider than a column of text gains nothing
        }
        if (!figure.rowHeights.empty()) {
            const double relative = figure.rowHeights[static_cast<std::size_t>(row)];
            unit = unit > 0 ? unit : plot / relative;
            plot = unit * relative;
        }
        const double heading =
            static_cast<double>(first.lines.size() + (first.header.empty() ? 0 : 1)) * line;
        const double below = first.x.label.empty() ? (first.x.tickLabels ? 2 * line : line) : 3 * line;
        height += plot + heading + below + (first.legend == Legend::below ? 1.6 * line : 0);
    }
    return height;
}

} // namespace finescope::figure
