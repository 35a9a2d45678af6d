#include "widgets/plot/scene/reading.h"

#include "widgets/plot/paint/ticks.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

namespace finescope::widgets {

namespace {

QString valueText(const figure::Axis& axis, double value) {
    switch (axis.ticks) {
    case figure::TickStyle::percent:
        return numberText(100 * value, 3) + QStringLiteral("\u202f%");
    case figure::TickStyle::integer:
        return numberText(value, value == std::round(value) ? 9 : 4);
    case figure::TickStyle::category: {
        const auto index = std::llround(value);
        return index >= 0 && index < static_cast<std::int64_t>(axis.categories.size())
                   ? QString::fromStdString(axis.categories[static_cast<std::size_t>(index)])
                   : QString();
    }
    case figure::TickStyle::number:
        break;
    }
    return numberText(value);
}

bool speaks(const figure::Line& line) {
    return line.readOut && !line.name.empty() && line.emphasised && !line.whiskers;
}

/// "linear probing, iteration 32 of 94"; empty where x is not in linear probing.
QString probingText(const std::optional<figure::ProbingSpan>& span, double x) {
    if (!span || span->to <= span->from || x < span->from || x > span->to || (x == span->to && !span->last)) {
        return {};
    }
    const double part = (x - span->from) / (span->to - span->from);
    if (span->iterations > 0) {
        return QStringLiteral("linear probing, iteration %1 of %2")
            .arg(std::llround(part * span->iterations))
            .arg(std::llround(span->iterations));
    }
    return QStringLiteral("linear probing, %1\u202f%").arg(numberText(100 * part, 3));
}

/// The point nearest to the cursor along x; none where the curve has no point within reach.
std::optional<std::size_t> nearest(const figure::Line& line, const PanelMap& map, double cursor,
                                   double reach) {
    std::optional<std::size_t> best;
    double distance = std::numeric_limits<double>::infinity();
    double first = distance, last = -distance;
    for (std::size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i) {
        const double x = map.x(line.x[i]);
        if (!std::isfinite(x) || !std::isfinite(map.y(line.y[i]))) {
            continue;
        }
        first = std::min(first, x);
        last = std::max(last, x);
        if (std::abs(x - cursor) < distance) {
            distance = std::abs(x - cursor);
            best = i;
        }
    }
    return best && cursor >= first - reach && cursor <= last + reach ? best : std::nullopt;
}

/// What point `i` of a scatter says.
Reading readingAt(const figure::Panel& panel, const figure::Scatter& scatter, std::size_t i, QPointF at) {
    const QString note = i < scatter.note.size() ? QString::fromStdString(scatter.note[i]) : QString();
    return {.name = QString::fromStdString(scatter.name),
            .style = scatter.style,
            .text = note.isEmpty() ? valueText(panel.y, scatter.y[i]) : note,
            .value = scatter.y[i],
            .at = at,
            .sample = i < scatter.samples.size() ? std::optional(scatter.samples[i]) : std::nullopt};
}

/// What the points of the panel within `reach` of the cursor say; of those that are samples, the nearest.
std::vector<Reading> pointsAt(const figure::Panel& panel, const PanelMap& map, QPointF cursor, double reach,
                              const std::set<std::string>& hidden) {
    std::vector<Reading> readings;
    std::optional<Reading> sample;
    double nearestSample = std::numeric_limits<double>::infinity();
    for (const auto& scatter : panel.scatters) {
        if (hidden.contains(scatter.name)) {
            continue;
        }
        for (std::size_t i = 0; i < std::min(scatter.x.size(), scatter.y.size()); ++i) {
            const QPointF at(map.x(scatter.x[i]), map.y(scatter.y[i]));
            const double distance = std::hypot(at.x() - cursor.x(), at.y() - cursor.y());
            if (!(distance <= reach)) {
                continue;
            }
            if (scatter.samples.empty()) {
                readings.push_back(readingAt(panel, scatter, i, at));
            } else if (distance < nearestSample) {
                nearestSample = distance;
                sample = readingAt(panel, scatter, i, at);
            }
        }
    }
    if (sample) {
        readings.push_back(std::move(*sample));
    }
    return readings;
}

} // namespace

std::vector<Reading> readingsOf(const figure::Panel& panel, const PanelMap& left, std::int64_t sample,
                                const std::set<std::string>& hidden) {
    std::vector<Reading> readings;
    for (const auto& scatter : panel.scatters) {
        const auto found = std::ranges::find(scatter.samples, sample);
        const auto i = static_cast<std::size_t>(found - scatter.samples.begin());
        if (found != scatter.samples.end() && i < std::min(scatter.x.size(), scatter.y.size()) &&
            !hidden.contains(scatter.name)) {
            readings.push_back(readingAt(panel, scatter, i, {left.x(scatter.x[i]), left.y(scatter.y[i])}));
        }
    }
    return readings;
}

ReadOut readOut(const figure::Panel& panel, const PanelMap& left, const PanelMap& right, QPointF cursor,
                const std::set<std::string>& hidden) {
    constexpr double kReach = 14; // pixels
    ReadOut out;
    out.snappedX = cursor.x();
    double snap = std::numeric_limits<double>::infinity();
    std::optional<double> snappedValue;
    std::optional<figure::ProbingSpan> probing; // of the line that was snapped to
    // Among samples nothing is a function of x.
    const bool ofSamples = std::ranges::any_of(
        panel.scatters, [](const figure::Scatter& scatter) { return !scatter.samples.empty(); });
    for (const auto& line : panel.curves) {
        if (ofSamples || !speaks(line) || hidden.contains(line.name)) {
            continue;
        }
        const PanelMap& map = line.side == figure::Side::left ? left : right;
        const auto index = nearest(line, map, cursor.x(), kReach);
        if (!index) {
            continue;
        }
        const figure::Axis& axis = line.side == figure::Side::right && panel.right ? *panel.right : panel.y;
        const QPointF at(map.x(line.x[*index]), map.y(line.y[*index]));
        out.readings.push_back({QString::fromStdString(line.name),
                                line.style,
                                valueText(axis, line.y[*index]),
                                line.y[*index],
                                at,
                                {}});
        if (std::abs(at.x() - cursor.x()) < snap) {
            snap = std::abs(at.x() - cursor.x());
            out.snappedX = at.x();
            snappedValue = line.x[*index];
            probing = line.probing;
        }
    }
    std::ranges::move(pointsAt(panel, left, cursor, kReach, hidden), std::back_inserter(out.readings));
    for (const auto& bars : panel.bars) {
        if (hidden.contains(bars.name) || !bars.readOut) {
            continue;
        }
        for (std::size_t i = 0; i < bars.left.size(); ++i) {
            if (cursor.x() < left.x(bars.left[i]) || cursor.x() >= left.x(bars.right[i])) {
                continue;
            }
            const QString note = i < bars.note.size() ? QString::fromStdString(bars.note[i]) : QString();
            if (bars.name.empty() && note.isEmpty()) {
                continue;
            }
            const QPointF at((left.x(bars.left[i]) + left.x(bars.right[i])) / 2, left.y(bars.top[i]));
            out.readings.push_back({note.isEmpty() ? QString::fromStdString(bars.name) : QString(),
                                    bars.style,
                                    note.isEmpty() ? valueText(panel.y, bars.top[i]) : note,
                                    bars.top[i],
                                    at,
                                    {}});
        }
    }
    if (panel.heatMap && !panel.heatMap->across) {
        const figure::HeatCells& cells = *panel.heatMap->cells;
        const auto column = static_cast<std::int64_t>(std::floor(left.x.value(cursor.x())));
        const auto row = static_cast<std::int64_t>(std::floor(left.y.value(cursor.y())));
        if (row >= 0 && row < cells.rows && column >= 0 && column < cells.columns) {
            const auto name = [](const std::vector<std::string>& names, const char* what,
                                 std::int64_t place) {
                const auto index = static_cast<std::size_t>(place);
                return index < names.size() ? QString::fromStdString(names[index])
                                            : QStringLiteral("%1 %2").arg(QLatin1String(what)).arg(place);
            };
            out.heading = name(cells.rowNames, "row", row) + QStringLiteral(" \u00d7 ") +
                          name(cells.columnNames, "column", column);
            const double value = cells.at(row, column);
            out.readings.push_back({QString::fromStdString(panel.heatMap->label),
                                    figure::Style(),
                                    numberText(value),
                                    value,
                                    cursor,
                                    {}});
            return out;
        }
    }
    std::ranges::stable_sort(out.readings, std::ranges::greater(), &Reading::value);
    const double x = snappedValue.value_or(left.x.value(cursor.x()));
    const QString label = QString::fromStdString(panel.x.label);
    const QString at = snappedValue || panel.x.ticks == figure::TickStyle::category ? valueText(panel.x, x)
                                                                                    : numberText(x, 3);
    out.heading = probingText(probing, x);
    out.namesAxis = !out.heading.isEmpty();
    if (!out.namesAxis) {
        out.heading = label.isEmpty() ? at : label + QStringLiteral(" ") + at;
    }
    return out;
}

} // namespace finescope::widgets
