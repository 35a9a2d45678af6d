#include "widgets/plot/paint/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace finescope::widgets {

namespace {

const QString kMinus = QStringLiteral("\u2212");
const QString kNarrowSpace = QStringLiteral("\u202f");

QString withMinus(QString number) {
    return number.replace(QLatin1Char('-'), kMinus);
}

QString superscript(int exponent) {
    static constexpr std::array<char16_t, 10> kDigits{u'\u2070', u'\u00b9', u'\u00b2', u'\u00b3', u'\u2074',
                                                      u'\u2075', u'\u2076', u'\u2077', u'\u2078', u'\u2079'};
    QString text;
    for (const QChar digit : QString::number(exponent)) {
        text += digit == QLatin1Char('-') ? QChar(u'\u207b')
                                          : QChar(kDigits[static_cast<std::size_t>(digit.digitValue())]);
    }
    return text;
}

QString powerOfTen(int exponent) {
    return QStringLiteral("10") + superscript(exponent);
}

/// Decimals that tell multiples of `step` apart.
int decimalsOf(double step) {
    int decimals = 0;
    for (double scaled = step; decimals < 12 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled;
         ++decimals) {
        scaled = step * std::pow(10.0, decimals + 1);
    }
    return decimals;
}

QStringList linearLabels(const QVector<double>& at, double step, figure::TickStyle style) {
    QStringList labels;
    double largest = 0;
    for (const double value : at) {
        largest = std::max(largest, std::abs(value));
    }
    const bool powers =
        style != figure::TickStyle::percent && (largest >= 1e6 || largest < 1e-3) && largest > 0;
    for (const double value : at) {
        if (style == figure::TickStyle::percent) {
            labels << withMinus(QString::number(100 * value, 'f', decimalsOf(100 * step))) + kNarrowSpace +
                          QLatin1Char('%');
        } else if (powers && value != 0) {
            const int exponent = static_cast<int>(std::floor(std::log10(largest) + 1e-9));
            const double unit = std::pow(10.0, exponent);
            labels << withMinus(QString::number(value / unit, 'f', decimalsOf(step / unit))) +
                          QStringLiteral("\u00d7") + powerOfTen(exponent);
        } else {
            labels << withMinus(QString::number(value, 'f', powers ? 0 : decimalsOf(step)));
        }
    }
    return labels;
}

QVector<double> multiples(double step, double low, double high) {
    QVector<double> at;
    const double slack = 1e-9 * (high - low);
    for (double index = std::ceil((low - slack) / step); index * step <= high + slack; ++index) {
        at << index * step + 0.0; // + 0.0: no negative zero
    }
    return at;
}

Ticks linearTicks(figure::TickStyle style, double low, double high, const Room& room) {
    const double span = high - low;
    // From about twelve ticks downwards: the first step whose labels have room.
    double magnitude = std::pow(10.0, std::floor(std::log10(span / 12)));
    // Zoomed in so far that at most one integer is left, fractions tell more.
    const bool whole = style == figure::TickStyle::integer && std::floor(high) - std::ceil(low) >= 1;
    for (int round = 0; round < 8; ++round, magnitude *= 10) {
        for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
            const double step = factor * magnitude;
            if (span / step > 12 || (whole && std::abs(step - std::round(step)) > 1e-9) ||
                (whole && step < 1)) {
                continue;
            }
            Ticks ticks{multiples(step, low, high), {}, {}};
            ticks.labels = linearLabels(ticks.at, step, style);
            if (room(ticks.labels, step)) {
                return ticks;
            }
        }
    }
    return {};
}

Ticks logarithmicTicks(double low, double high, const Room& room) {
    const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
    const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
    const auto inside = [&](double value) { return value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9); };
    Ticks ticks;
    for (int exponent = first; exponent <= last; ++exponent) {
        for (int factor = 2; factor < 10; ++factor) {
            const double value = factor * std::pow(10.0, exponent);
            if (inside(value)) {
                ticks.between << value;
            }
        }
    }
    const auto plain = [](double value) { return value > 0.00099 && value < 10001; };
    const auto fill = [&](const std::vector<int>& factors, int every) {
        ticks.at.clear();
        ticks.labels.clear();
        bool allPlain = true;
        for (int exponent = first; exponent <= last; ++exponent) {
            if (exponent % every != 0) {
                continue;
            }
            for (const int factor : factors) {
                const double value = factor * std::pow(10.0, exponent);
                if (inside(value)) {
                    ticks.at << value;
                    allPlain = allPlain && plain(value);
                }
            }
        }
        for (const double value : ticks.at) {
            const int exponent = static_cast<int>(std::floor(std::log10(value) + 1e-9));
            const double factor = std::round(value / std::pow(10.0, exponent));
            ticks.labels << (allPlain ? QString::number(value, 'g', 6)
                             : factor == 1
                                 ? powerOfTen(exponent)
                                 : QString::number(factor) + QStringLiteral("\u00d7") + powerOfTen(exponent));
        }
    };
    // Less than two decades want numbers between the powers; many decades want fewer powers.
    if (std::log10(high / low) < 3) {
        fill({1, 2, 5}, 1);
        if (ticks.at.size() > 1 && room(ticks.labels, std::log10(2.0))) {
            return ticks;
        }
        if (std::log10(high / low) < 1.5) {
            fill({1, 3}, 1);
            if (ticks.at.size() > 1 && room(ticks.labels, std::log10(3.0))) {
                return ticks;
            }
        }
    }
    for (int every = 1; every < 64; ++every) {
        fill({1}, every);
        if (room(ticks.labels, every)) {
            if (every > 1) {
                ticks.between.clear();
                for (int exponent = first; exponent <= last; ++exponent) {
                    const double value = std::pow(10.0, exponent);
                    if (inside(value)) { // QCustomPlot draws ticks wherever they are
                        ticks.between << value;
                    }
                }
            }
            return ticks;
        }
    }
    return {};
}

} // namespace

QString numberText(double value, int digits) {
    if (std::isnan(value)) {
        return QStringLiteral("\u2013");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("\u221e") : kMinus + QStringLiteral("\u221e");
    }
    const double size = std::abs(value);
    if (size == 0 || (size >= 1e-4 && size < 1e6)) {
        return withMinus(QString::number(
            value, 'g', std::max(digits, size >= 1 ? static_cast<int>(std::log10(size)) + 1 : 1)));
    }
    const QString text = QString::number(value, 'e', digits - 1);
    const qsizetype split = text.indexOf(QLatin1Char('e'));
    QString mantissa = text.left(split);
    if (mantissa.contains(QLatin1Char('.'))) {
        while (mantissa.endsWith(QLatin1Char('0'))) {
            mantissa.chop(1);
        }
        if (mantissa.endsWith(QLatin1Char('.'))) {
            mantissa.chop(1);
        }
    }
    return withMinus(mantissa) + QStringLiteral("\u00d7") + powerOfTen(text.mid(split + 1).toInt());
}

Ticks ticksFor(const figure::Axis& axis, figure::Scale scale, double low, double high, const Room& room) {
    if (!(high > low) || !std::isfinite(high - low)) {
        return {};
    }
    if (axis.ticks == figure::TickStyle::category) {
        Ticks ticks;
        for (std::size_t i = 0; i < axis.categories.size(); ++i) {
            const auto at = static_cast<double>(i);
            if (at >= low && at <= high) {
                ticks.at << at;
                ticks.labels << QString::fromStdString(axis.categories[i]);
            }
        }
        return ticks;
    }
    return scale == figure::Scale::logarithmic && low > 0 ? logarithmicTicks(low, high, room)
                                                          : linearTicks(axis.ticks, low, high, room);
}

} // namespace finescope::widgets
