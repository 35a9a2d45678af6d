#include "widgets/plot/scene/overlay_item.h"

#include "widgets/plot/paint/mark_painter.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace finescope::widgets {

namespace {

constexpr std::size_t kMostLines = 12;
constexpr double kWidestPart = 0.9, kLeastEms = 12; // of a note, in widths of its panel and of letters

/// Notes in lines that are not wider than this, broken behind commas: a card is to lie on its own panel.
void breakNotes(ReadOut& out, const QFontMetricsF& metrics, double width) {
    static const QRegularExpression kBehindCommas(QStringLiteral(", (?![^(,]*\\])")); // but of (0.6, 0.7]
    std::vector<Reading> lines;
    for (const Reading& reading : out.readings) {
        if (!reading.name.isEmpty() || metrics.horizontalAdvance(reading.text) <= width) {
            lines.push_back(reading);
            continue;
        }
        QString text;
        const auto flush = [&] {
            lines.push_back(reading);
            lines.back().name = std::exchange(text, QString());
            lines.back().text.clear();
        };
        for (const QString& piece : reading.text.split(kBehindCommas)) {
            const QString longer = text.isEmpty() ? piece : text + QStringLiteral(", ") + piece;
            if (!text.isEmpty() && metrics.horizontalAdvance(longer) > width) {
                text += QLatin1Char(',');
                flush();
                text = piece;
            } else {
                text = longer;
            }
        }
        flush();
    }
    out.readings = std::move(lines);
}

/// Around a point that would be lost among many.
void drawRing(QCPPainter& painter, QPointF at, const PaintStyle& style) {
    painter.setPen(QPen(style.theme.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(at, 1.1 * style.marker, 1.1 * style.marker);
}

} // namespace

OverlayItem::OverlayItem(FigurePlot& plot) : QCPLayerable(&plot, QStringLiteral("overlay")), m_plot(plot) {}

void OverlayItem::setCursor(std::optional<QPointF> position) {
    m_cursor = position;
}

void OverlayItem::applyDefaultAntialiasingHint(QCPPainter* painter) const {
    painter->setAntialiasing(true);
}

void OverlayItem::draw(QCPPainter* painter) {
    const PaintStyle& style = m_plot.paintStyle();
    if (m_focusRing) {
        painter->setPen(QPen(style.theme.accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(m_plot.viewport()).adjusted(1, 1, -1, -1), 4, 4);
    }
    if (m_band) {
        QColor fill = style.theme.accent;
        fill.setAlphaF(0.12F);
        painter->setPen(QPen(style.theme.accent, 1));
        painter->setBrush(fill);
        painter->drawRect(*m_band);
        return;
    }
    PanelItem* panel = m_cursor ? m_plot.panelAt(*m_cursor) : nullptr;
    if (!panel || !panel->panel().emptyText.empty()) {
        return;
    }
    const PanelMap left = panel->map(figure::Side::left);
    ReadOut out = readOut(panel->panel(), left, panel->map(figure::Side::right), *m_cursor, m_plot.hidden());
    painter->setPen(QPen(style.theme.axis, 1, Qt::SolidLine));
    const double value = left.x.value(out.snappedX);
    for (const PanelItem* other : m_plot.linked(panel)) {
        const std::string& label = other->panel().x.label;
        // The axis is named below the column.
        if (!out.namesAxis && panel->panel().x.label.empty() && !label.empty()) {
            out.heading = QString::fromStdString(label) + QLatin1Char(' ') + out.heading;
            break;
        }
    }
    for (const PanelItem* other : m_plot.linked(panel)) {
        const PanelMap map = other->map(figure::Side::left);
        const double x = map.x(value);
        if (x >= map.rect.left() && x <= map.rect.right()) {
            painter->drawLine(QPointF(x, map.rect.top()), QPointF(x, map.rect.bottom()));
        }
    }
    painter->drawLine(QPointF(left.rect.left(), m_cursor->y()), QPointF(left.rect.right(), m_cursor->y()));
    for (const Reading& reading : out.readings) {
        if (left.rect.contains(reading.at) && !panel->panel().heatMap) {
            paintMarker(*painter, reading.at, style.theme.role(reading.style), style.marker, style);
        }
        if (reading.sample) {
            drawSampleEverywhere(*painter, panel, *reading.sample);
        }
    }
    breakNotes(out, QFontMetricsF(style.caption),
               std::max(kWidestPart * left.rect.width(), kLeastEms * style.em()));
    drawCard(*painter, out, left.rect, QRectF(m_plot.viewport()), *m_cursor);
}

void OverlayItem::drawSampleEverywhere(QCPPainter& painter, const PanelItem* pointedAt,
                                       std::int64_t sample) const {
    const PaintStyle& style = m_plot.paintStyle();
    for (const auto& other : m_plot.panels()) {
        const PanelMap map = other->map(figure::Side::left);
        const std::vector<Reading> readings = readingsOf(other->panel(), map, sample, m_plot.hidden());
        for (const Reading& reading : readings) {
            if (map.rect.contains(reading.at)) {
                paintMarker(painter, reading.at, style.theme.role(reading.style), style.marker, style);
                drawRing(painter, reading.at, style);
            }
        }
        if (other.get() != pointedAt && !readings.empty() && map.rect.contains(readings.front().at)) {
            drawCard(painter, {.heading = {}, .readings = readings, .snappedX = 0}, map.rect, map.rect,
                     readings.front().at);
        }
    }
}

/// Beside the cursor in its panel, on the side with room, never under it and within `all` as far as it fits.
void OverlayItem::drawCard(QCPPainter& painter, const ReadOut& out, const QRectF& panel, const QRectF& all,
                           QPointF cursor) const {
    if (out.readings.empty() && out.heading.isEmpty()) {
        return;
    }
    const PaintStyle& style = m_plot.paintStyle();
    const QFontMetricsF metrics(style.caption);
    const double row = 1.2 * metrics.height(), pad = 0.5 * metrics.height(), swatch = 0.9 * metrics.height();
    const std::size_t lines = std::min(out.readings.size(), kMostLines);
    double names = 0, values = 0;
    for (std::size_t i = 0; i < lines; ++i) {
        names = std::max(names, metrics.horizontalAdvance(out.readings[i].name));
        values = std::max(values, metrics.horizontalAdvance(out.readings[i].text));
    }
    const double body = lines == 0 ? 0 : swatch + pad + names + (names > 0 ? pad : 0) + values;
    const QSizeF size(std::max(body, metrics.horizontalAdvance(out.heading)) + 2 * pad,
                      row * static_cast<double>(lines + (out.heading.isEmpty() ? 0 : 1)) + 1.2 * pad);
    double x = cursor.x() + 14;
    if (x + size.width() > std::min(all.right(), panel.right() + 0.5 * size.width())) {
        x = cursor.x() - 14 - size.width();
    }
    const double highest = std::max(all.top() + 2, all.bottom() - size.height() - 2);
    const double y = std::clamp(cursor.y() - size.height() - 10, all.top() + 2, highest);
    const QRectF card(QPointF(std::max(all.left() + 2, x), y), size);
    painter.setPen(QPen(style.theme.cardEdge, 1));
    painter.setBrush(style.theme.card);
    painter.drawRoundedRect(card, 4, 4);
    painter.setFont(style.caption);
    painter.setPen(style.theme.caption);
    QRectF line(card.left() + pad, card.top() + 0.6 * pad, card.width() - 2 * pad, row);
    if (!out.heading.isEmpty()) {
        painter.drawText(line, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), out.heading);
        line.translate(0, row);
    }
    for (std::size_t i = 0; i < lines; ++i) {
        const Reading& reading = out.readings[i];
        painter.setPen(QPen(style.theme.role(reading.style).colour, 2.5));
        painter.drawLine(QPointF(line.left(), line.center().y()),
                         QPointF(line.left() + swatch, line.center().y()));
        painter.setPen(style.theme.ink);
        painter.drawText(line.adjusted(swatch + pad, 0, 0, 0),
                         static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), reading.name);
        painter.drawText(line, static_cast<int>(Qt::AlignRight | Qt::AlignVCenter), reading.text);
        line.translate(0, row);
    }
}

} // namespace finescope::widgets
