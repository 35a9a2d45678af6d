#include "widgets/plot/paint/colour_map.h"

#include <QColor>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace finescope::widgets {

namespace {

constexpr std::array<QRgb, 16> kViridis{
    0xff440154, 0xff481a6c, 0xff472f7d, 0xff414487, 0xff39568c, 0xff31688e, 0xff2a788e, 0xff23888e,
    0xff1f988b, 0xff22a884, 0xff35b779, 0xff54c568, 0xff7ad151, 0xffa5db36, 0xffd2e21b, 0xfffde725};

/// CIE Lab (D65) to sRGB, clipped to its gamut. Source: IEC 61966-2-1 and CIE 15:2004.
QRgb fromLab(double lightness, double a, double b) {
    const auto inverse = [](double t) { return t > 6.0 / 29 ? t * t * t : 3 * 36.0 / 841 * (t - 4.0 / 29); };
    const double fy = (lightness + 16) / 116;
    const double x = 0.95047 * inverse(fy + a / 500), y = inverse(fy), z = 1.08883 * inverse(fy - b / 200);
    const auto encode = [](double linear) {
        linear = std::clamp(linear, 0.0, 1.0);
        return std::lround(
            255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055));
    };
    return qRgb(static_cast<int>(encode(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)),
                static_cast<int>(encode(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z)),
                static_cast<int>(encode(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)));
}

} // namespace

QRgb viridis(double t) {
    const double at = std::clamp(t, 0.0, 1.0) * (kViridis.size() - 1);
    const auto lower = std::min(static_cast<std::size_t>(at), kViridis.size() - 2);
    const double part = at - static_cast<double>(lower);
    const auto mix = [&](int shift) {
        const double from = (kViridis[lower] >> shift) & 0xff, to = (kViridis[lower + 1] >> shift) & 0xff;
        return static_cast<int>(std::lround((1 - part) * from + part * to));
    };
    return qRgb(mix(16), mix(8), mix(0));
}

QRgb diverging(double t) {
    constexpr double kBlue = 277, kRed = 33; // hues in degrees of CIE LCh; both reach chroma 50 inside sRGB
    const double amount = std::clamp(std::abs(t), 0.0, 1.0);
    const double hue = (t < 0 ? kBlue : kRed) * std::numbers::pi / 180;
    const double chroma = 50 * amount;
    return fromLab(98 - 56 * amount, chroma * std::cos(hue), chroma * std::sin(hue));
}

void HeatImage::clear() {
    *this = {};
}

void HeatImage::show(const figure::HeatMap& map) {
    const bool sameValues = m_cells == map.cells && m_scale == map.scale && m_diverging == map.diverging;
    const figure::Range range = figure::colourRange(map);
    if (sameValues && range == m_range) {
        return;
    }
    if (!sameValues) {
        takeValues(map);
    }
    colour(range);
}

const QImage& HeatImage::image(double width) {
    std::size_t level = 0;
    while (m_levels[level].width() >= 2 * width && m_levels[level].height() > 1) {
        if (++level == m_levels.size()) {
            const QImage& finer = m_levels.back();
            m_levels.push_back(finer.scaled((finer.width() + 1) / 2, (finer.height() + 1) / 2,
                                            Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        }
    }
    return m_levels[level];
}

void HeatImage::takeValues(const figure::HeatMap& map) {
    m_cells = map.cells;
    m_scale = map.scale;
    m_diverging = map.diverging;
    m_values.resize(static_cast<std::size_t>(map.cells->rows * map.cells->columns));
    const bool logarithmic = m_scale == figure::Scale::logarithmic && !m_diverging;
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const double value = i < map.cells->values.size() ? map.cells->values[i] : std::nan("");
        // A logarithm that there is not lies below every scale.
        m_values[i] = static_cast<float>(!logarithmic ? value
                                         : value <= 0 ? -std::numeric_limits<float>::max()
                                                      : std::log(value));
    }
}

void HeatImage::colour(const figure::Range& range) {
    constexpr int kSteps = 1024;
    m_range = range;
    m_levels.clear();
    const std::int64_t rows = m_cells->rows, columns = m_cells->columns;
    if (rows <= 0 || columns <= 0) {
        return;
    }
    std::array<QRgb, kSteps> colours{};
    for (int step = 0; step < kSteps; ++step) {
        const double t = static_cast<double>(step) / (kSteps - 1);
        colours[static_cast<std::size_t>(step)] = m_diverging ? diverging(2 * t - 1) : viridis(t);
    }
    // Places of values on the scale are linear in what m_values holds.
    const bool logarithmic = m_scale == figure::Scale::logarithmic && !m_diverging;
    const double low = logarithmic ? std::log(range.low) : range.low,
                 high = logarithmic ? std::log(range.high) : range.high;
    const auto slope = static_cast<float>((kSteps - 1) / (high - low));
    const auto offset = static_cast<float>(0.5 - low * (kSteps - 1) / (high - low)); // rounds to the nearest
    constexpr auto kLast = static_cast<float>(kSteps - 1);
    QImage& image = m_levels.emplace_back(static_cast<int>(columns), static_cast<int>(rows),
                                          QImage::Format_ARGB32_Premultiplied);
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* const values = m_values.data() + row * columns;
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(rows - 1 - row)));
        for (std::int64_t column = 0; column < columns; ++column) {
            const float value = values[column];
            const float place = std::clamp(value * slope + offset, 0.0F, kLast);
            line[column] =
                std::isfinite(value) ? colours[static_cast<std::size_t>(place)] : qRgba(0, 0, 0, 0);
        }
    }
}

} // namespace finescope::widgets
