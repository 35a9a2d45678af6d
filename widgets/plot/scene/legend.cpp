#include "widgets/plot/scene/legend.h"

#include "widgets/plot/paint/mark_painter.h"
#include "widgets/plot/paint/polyline.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kSmallestMarker = 0.8, kLargestMarker = 1.6; // a legend must stay readable

double iconWidth(const PaintStyle& style) {
    return 1.9 * style.em();
}

std::vector<LegendEntry> entriesOf(const figure::Panel& panel) {
    std::vector<LegendEntry> entries;
    const auto add = [&](const std::string& name, const figure::Style& style) -> LegendEntry& {
        const QString text = QString::fromStdString(name);
        for (auto& entry : entries) {
            if (entry.name == text) {
                return entry;
            }
        }
        entries.push_back({.name = text, .style = style, .rect = {}});
        return entries.back();
    };
    for (const auto& line : panel.curves) {
        if (line.legend && !line.name.empty()) {
            auto& entry = add(line.name, line.style);
            entry.line = true;
            entry.markers = entry.markers || line.markers;
        }
    }
    for (const auto& band : panel.bands) {
        if (!band.name.empty()) {
            add(band.name, band.style).area = true;
        }
    }
    for (const auto& bars : panel.bars) {
        if (bars.legend && !bars.name.empty()) {
            add(bars.name, bars.style).area = true;
        }
    }
    for (const auto& scatter : panel.scatters) {
        if (scatter.legend && !scatter.name.empty()) {
            auto& entry = add(scatter.name, scatter.style);
            entry.point = true;
            entry.fill = scatter.fill;
            entry.size = scatter.size;
        }
    }
    return entries;
}

/// How much of the legend's rectangle the marks use: points inside, curves sampled along their segments.
double covered(const figure::Panel& panel, const PanelMap& left, const PanelMap& right, const QRectF& rect) {
    double hits = 0;
    const auto point = [&](QPointF at) { hits += rect.contains(at) ? 1 : 0; };
    for (const auto& line : panel.curves) {
        const PanelMap& map = line.side == figure::Side::left ? left : right;
        for (const QPolygonF& whole : polylines(line.x, line.y, map)) {
            const QPolygonF piece = decimated(whole);
            for (qsizetype i = 0; i < piece.size(); ++i) {
                point(piece[i]);
                if (i > 0) {
                    const QPointF step = piece[i] - piece[i - 1];
                    const double length = std::hypot(step.x(), step.y());
                    const int parts = std::min(64, static_cast<int>(length / (0.25 * rect.height())));
                    for (int part = 1; part < parts; ++part) {
                        point(piece[i - 1] + step * part / parts);
                    }
                }
            }
        }
    }
    for (const auto& scatter : panel.scatters) {
        for (std::size_t i = 0; i < std::min(scatter.x.size(), scatter.y.size()); ++i) {
            point({left.x(scatter.x[i]), left.y(scatter.y[i])});
        }
    }
    for (const auto& bars : panel.bars) {
        for (std::size_t i = 0; i < bars.left.size(); ++i) {
            const QRectF bar = QRectF(QPointF(left.x(bars.left[i]), left.y(bars.base[i])),
                                      QPointF(left.x(bars.right[i]), left.y(bars.top[i])))
                                   .normalized();
            const QRectF both = bar.intersected(rect);
            hits +=
                both.isEmpty() ? 0 : 1 + 20 * both.width() * both.height() / (rect.width() * rect.height());
        }
    }
    for (const auto& reference : panel.references) {
        const double at = reference.vertical ? left.x(reference.at) : left.y(reference.at);
        const bool crosses = reference.vertical ? at > rect.left() && at < rect.right()
                                                : at > rect.top() && at < rect.bottom();
        hits += crosses ? 6 : 0;
    }
    return hits;
}

} // namespace

LegendBlock::LegendBlock(const figure::Panel& panel, const PaintStyle& style, double width)
    : m_entries(entriesOf(panel)) {
    const QFontMetricsF metrics(style.caption);
    const double row = std::ceil(1.25 * metrics.height());
    const double between = 1.2 * style.em();
    double x = 0, y = 0, widest = 0;
    for (auto& entry : m_entries) {
        const double needed =
            iconWidth(style) + 0.45 * style.em() + metrics.horizontalAdvance(entry.name) + 1;
        if (x > 0 && (width <= 0 || x + needed > width)) {
            x = 0;
            y += row;
        }
        entry.rect = QRectF(x, y, needed, row);
        widest = std::max(widest, x + needed);
        x += needed + between;
    }
    m_size = m_entries.empty() ? QSizeF() : QSizeF(widest, y + row);
}

void LegendBlock::paint(QPainter& painter, QPointF topLeft, const PaintStyle& style,
                        const std::set<std::string>& hidden) const {
    for (const auto& entry : m_entries) {
        const QRectF rect = entry.rect.translated(topLeft);
        const QRectF icon(rect.left(), rect.top(), iconWidth(style), rect.height());
        const double middle = icon.center().y();
        const RoleStyle role = style.theme.role(entry.style);
        painter.setOpacity(hidden.contains(entry.name.toStdString()) ? 0.3 : 1);
        if (entry.area) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(entry.line ? bandColour(role) : barColour(role));
            const double half = 0.36 * style.em();
            painter.drawRect(QRectF(icon.left(), middle - half, icon.width(), 2 * half));
        }
        if (entry.line) {
            painter.setPen(style.pen(role, style.line));
            painter.drawLine(QPointF(icon.left(), middle), QPointF(icon.right(), middle));
        }
        if (entry.markers || entry.point) {
            const double size = std::clamp(entry.size, kSmallestMarker, kLargestMarker) * style.marker;
            paintMarker(painter, icon.center(), filled(role, entry.fill), size, style);
        }
        painter.setPen(style.theme.ink);
        painter.setFont(style.caption);
        painter.drawText(QRectF(icon.right() + 0.45 * style.em(), rect.top(), rect.width(), rect.height()),
                         static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, entry.name);
    }
    painter.setOpacity(1);
}

QString LegendBlock::entryAt(QPointF position) const {
    const auto found =
        std::ranges::find_if(m_entries, [&](const auto& entry) { return entry.rect.contains(position); });
    return found == m_entries.end() ? QString() : found->name;
}

QPointF freePlace(const figure::Panel& panel, const PanelMap& left, const PanelMap& right, QSizeF size,
                  double margin) {
    const QRectF room = left.rect.adjusted(margin, margin, -margin, -margin);
    const double spareX = std::max(0.0, room.width() - size.width());
    const double spareY = std::max(0.0, room.height() - size.height());
    // Corners first, then edges, then anywhere: an earlier place wins where the later one is not better.
    std::vector<QPointF> places;
    for (const double y : {0.0, 1.0, 0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875}) {
        for (const double x : {1.0, 0.0, 0.5, 0.75, 0.25}) {
            places.emplace_back(room.left() + x * spareX, room.top() + y * spareY);
        }
    }
    QPointF best = places.front();
    double fewest = std::numeric_limits<double>::infinity();
    for (const QPointF& place : places) {
        const QRectF rect = QRectF(place, size).adjusted(-margin, -margin / 2, margin, margin / 2);
        const double hits = covered(panel, left, right, rect);
        if (hits < fewest) {
            fewest = hits;
            best = place;
        }
    }
    return best;
}

} // namespace finescope::widgets
