#pragma once

#include <QRectF>

#include <cmath>
#include <limits>

namespace finescope::widgets {

/// Values of one axis to positions on the surface and back.
struct AxisMap {
    double low = 0, high = 1;
    bool logarithmic = false;
    double atLow = 0, atHigh = 1;

    /// NaN where the axis has no place for the value (a logarithm of what is not positive).
    [[nodiscard]] double operator()(double value) const {
        if (logarithmic) {
            return value > 0 ? atLow + (atHigh - atLow) * std::log(value / low) / std::log(high / low)
                             : std::numeric_limits<double>::quiet_NaN();
        }
        return atLow + (atHigh - atLow) * (value - low) / (high - low);
    }

    [[nodiscard]] double value(double position) const {
        const double along = (position - atLow) / (atHigh - atLow);
        return logarithmic ? low * std::pow(high / low, along) : low + (high - low) * along;
    }
};

/// The coordinates of one panel for the marks of one side.
struct PanelMap {
    AxisMap x, y;
    QRectF rect;
};

} // namespace finescope::widgets
