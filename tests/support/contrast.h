#pragma once

#include <QColor>

#include <algorithm>
#include <cmath>

namespace finescope::tests {

/// WCAG 2.1 relative luminance, 0..1.
inline double luminance(QColor colour) {
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

/// Contrast ratio of WCAG 2.1, 1 to 21.
inline double contrast(QColor one, QColor other) {
    const double a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace finescope::tests
