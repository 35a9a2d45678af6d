#include "widgets/plot/paint/mark_painter.h"

#include "widgets/plot/paint/polyline.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace finescope::widgets {

namespace {

constexpr double kBandOpacity = 0.18;
constexpr double kFaintOpacity = 0.35;
constexpr qsizetype kSparsePoints = 30;             // every one of so few may have its marker
constexpr int kFilledAtOnce = 64;                   // rows of pixels, see fillBar
constexpr double kApart = 1.2, kApartOnDense = 4.0; // markers on one line, in their widths

QColor withOpacity(QColor colour, double opacity) {
    colour.setAlphaF(static_cast<float>(opacity));
    return colour;
}

/// A solid pen wider than a pixel is stroked as one outline in time that grows with the square of the number
/// of its self-intersections; segment by segment it grows with the number of points. Dashes need the outline.
void strokePiece(QPainter& painter, const QPolygonF& piece, const PaintStyle& style) {
    if (!style.paper && painter.pen().style() == Qt::SolidLine) {
        for (qsizetype i = 1; i < piece.size(); ++i) {
            painter.drawLine(piece[i - 1], piece[i]);
        }
        return;
    }
    painter.drawPolyline(piece);
}

QRectF snapped(const QRectF& rect, const PaintStyle& style) {
    if (style.paper) {
        return rect;
    }
    const double left = std::round(rect.left()), top = std::round(rect.top());
    return {left, top, std::round(rect.right()) - left, std::round(rect.bottom()) - top};
}

/// Of a snapped bar. Qt gives translucent fills of more than 95 rows of pixels to its pool of threads, and to
/// wake and await those takes longer than to fill a bar: so it gets fewer rows at a time. Edges that are not
/// smoothed leave no seams between them.
void fillBar(QPainter& painter, const QRectF& bar, const QColor& colour, const PaintStyle& style) {
    if (style.paper) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRect(bar);
        return;
    }
    const QPainter::RenderHints before = painter.renderHints();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double height = std::max(1.0, std::floor(kFilledAtOnce / painter.device()->devicePixelRatioF()));
    for (double top = bar.top(); top < bar.bottom(); top += height) {
        painter.fillRect(QRectF(bar.left(), top, bar.width(), std::min(height, bar.bottom() - top)), colour);
    }
    painter.setRenderHints(before);
}

} // namespace

QColor bandColour(const RoleStyle& role) {
    return withOpacity(role.colour, kBandOpacity);
}

QColor barColour(const RoleStyle& role) {
    return withOpacity(role.colour, role.fill);
}

void paintBand(QPainter& painter, const figure::Band& band, const PanelMap& map, const PaintStyle& style) {
    // One polygon for each run of points at which both edges exist.
    QPolygonF upper, lower;
    const auto flush = [&] {
        if (upper.size() > 1) {
            QPolygonF outline = style.paper ? upper : decimated(upper);
            const QPolygonF back = style.paper ? lower : decimated(lower);
            std::copy(back.crbegin(), back.crend(), std::back_inserter(outline));
            painter.drawPolygon(outline);
        }
        upper.clear();
        lower.clear();
    };
    painter.setPen(Qt::NoPen);
    painter.setBrush(bandColour(style.theme.role(band.style)));
    for (std::size_t i = 0; i < std::min({band.x.size(), band.low.size(), band.high.size()}); ++i) {
        const double x = map.x(band.x[i]);
        const double top = map.y(band.high[i]);
        // On a logarithmic axis a band that reaches zero goes down to the edge of the panel.
        const double low = map.y(band.low[i]);
        const double bottom =
            std::isnan(low) && map.y.logarithmic && !std::isnan(band.low[i]) ? map.y.atLow : low;
        if (!std::isfinite(x) || !std::isfinite(top) || !std::isfinite(bottom)) {
            flush();
            continue;
        }
        upper << QPointF(x, top);
        lower << QPointF(x, bottom);
    }
    flush();
}

void paintHatch(QPainter& painter, const QRectF& rect, const QColor& colour, const PaintStyle& style) {
    painter.setPen(QPen(colour, style.hairline, Qt::SolidLine, Qt::FlatCap));
    const double step = 0.38 * style.em();
    // Lines x + y = c, cut to the rectangle by hand: clip paths make PDF files large. The phase is that of
    // the surface, so that the hatching of neighbours joins.
    const double first = std::ceil((rect.left() + rect.top()) / step) * step;
    for (double c = first; c < rect.right() + rect.bottom(); c += step) {
        const double left = std::max(rect.left(), c - rect.bottom());
        const double right = std::min(rect.right(), c - rect.top());
        if (right > left) {
            painter.drawLine(QPointF(left, c - left), QPointF(right, c - right));
        }
    }
}

void paintBars(QPainter& painter, const figure::Bars& bars, const PanelMap& map, const PaintStyle& style) {
    const RoleStyle role = style.theme.role(bars.style);
    const auto place = [](const AxisMap& axis, double value) {
        const double at = axis(value);
        return std::isnan(at) && !std::isnan(value) ? axis.atLow : at; // log axes: zero is at the edge
    };
    for (std::size_t i = 0; i < bars.left.size(); ++i) {
        const QPointF corner(place(map.x, bars.left[i]), place(map.y, bars.base[i]));
        const QPointF opposite(place(map.x, bars.right[i]), place(map.y, bars.top[i]));
        if (std::isnan(corner.x() + corner.y() + opposite.x() + opposite.y())) {
            continue;
        }
        const QRectF bar = snapped(QRectF(corner, opposite).normalized(), style).intersected(map.rect);
        if (bar.width() <= 0 || bar.height() <= 0) {
            continue;
        }
        fillBar(painter, bar, barColour(role), style);
        if (i < bars.hatched.size() && bars.hatched[i]) {
            paintHatch(painter, bar, role.colour, style);
        }
        if (bars.outlined) {
            painter.setPen(QPen(role.colour, style.hairline, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(bar);
        }
    }
}

void paintLine(QPainter& painter, const figure::Line& line, const PanelMap& map, const PaintStyle& style) {
    RoleStyle role = style.theme.role(line.style);
    const bool dense = static_cast<double>(line.x.size()) > map.rect.width() / 2 || !line.emphasised;
    if (!line.emphasised) {
        role.colour = withOpacity(role.colour, kFaintOpacity);
    }
    painter.setBrush(Qt::NoBrush);
    const QPen pen = style.pen(role, dense ? style.dense : style.line);
    for (const QPolygonF& piece : polylines(line.x, line.y, map)) {
        painter.setPen(pen);
        if (piece.size() == 1 && !line.markers) {
            paintMarker(painter, piece.front(), role, 0.6 * style.marker, style); // or it would be invisible
            continue;
        }
        strokePiece(painter, style.paper ? piece : decimated(piece), style);
        if (line.markers) {
            // Markers that overlap say nothing, and a chain of them hides a curve of many points.
            const double apart = style.marker * (piece.size() > kSparsePoints ? kApartOnDense : kApart);
            double last = -std::numeric_limits<double>::infinity();
            for (const QPointF& at : piece) {
                if (std::abs(at.x() - last) >= apart) {
                    paintMarker(painter, at, role, style.marker, style);
                    last = at.x();
                }
            }
        }
    }
}

void paintScatter(QPainter& painter, const figure::Scatter& scatter, const PanelMap& map,
                  const PaintStyle& style) {
    const RoleStyle role = filled(style.theme.role(scatter.style), scatter.fill);
    for (std::size_t i = 0; i < std::min(scatter.x.size(), scatter.y.size()); ++i) {
        const QPointF at(map.x(scatter.x[i]), map.y(scatter.y[i]));
        if (std::isfinite(at.x()) && std::isfinite(at.y())) {
            paintMarker(painter, at, role, style.marker * scatter.size, style);
        }
    }
}

RoleStyle filled(RoleStyle role, figure::Fill fill) {
    if (fill != figure::Fill::ofRole) {
        role.filledMarker = fill == figure::Fill::solid;
    }
    return role;
}

void paintMarker(QPainter& painter, QPointF at, const RoleStyle& role, double size, const PaintStyle& style) {
    // Open markers are filled with the background so that the curve does not run through them.
    painter.setPen(QPen(role.colour, 0.8 * style.line, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.setBrush(role.filledMarker ? role.colour : style.theme.background);
    const double r = size / 2;
    switch (role.marker) {
    case Marker::none:
        painter.setPen(Qt::NoPen);
        painter.setBrush(role.colour);
        painter.drawEllipse(at, 0.7 * r, 0.7 * r);
        break;
    case Marker::circle:
        painter.drawEllipse(at, r, r);
        break;
    case Marker::square:
        painter.drawRect(QRectF(at.x() - 0.88 * r, at.y() - 0.88 * r, 1.76 * r, 1.76 * r));
        break;
    case Marker::triangle: {
        const double half = r * std::numbers::sqrt3 / 2 * 1.15;
        painter.drawPolygon(QPolygonF({{at.x() - half, at.y() + 0.6 * r},
                                       {at.x() + half, at.y() + 0.6 * r},
                                       {at.x(), at.y() - 1.1 * r}}));
        break;
    }
    case Marker::diamond:
        painter.drawPolygon(QPolygonF({{at.x(), at.y() - 1.2 * r},
                                       {at.x() + 1.1 * r, at.y()},
                                       {at.x(), at.y() + 1.2 * r},
                                       {at.x() - 1.1 * r, at.y()}}));
        break;
    case Marker::cross:
        painter.setPen(QPen(role.colour, style.line, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(at.x() - 0.85 * r, at.y() - 0.85 * r),
                         QPointF(at.x() + 0.85 * r, at.y() + 0.85 * r));
        painter.drawLine(QPointF(at.x() - 0.85 * r, at.y() + 0.85 * r),
                         QPointF(at.x() + 0.85 * r, at.y() - 0.85 * r));
        break;
    }
}

void paintReferences(QPainter& painter, const std::vector<figure::ReferenceLine>& lines, const PanelMap& map,
                     const PaintStyle& style) {
    std::vector<QRectF> placed;
    const QFontMetricsF metrics(style.caption);
    const double pad = 0.3 * style.em();
    std::vector<const figure::ReferenceLine*> order;
    for (const auto& line : lines) {
        order.push_back(&line);
    }
    std::ranges::stable_sort(order, {}, [](const auto* line) { return line->at; });
    for (const auto* line : order) {
        const double at = line->vertical ? map.x(line->at) : map.y(line->at);
        const auto [from, to] = line->vertical ? std::pair(map.rect.left(), map.rect.right())
                                               : std::pair(map.rect.top(), map.rect.bottom());
        if (!std::isfinite(at) || at < from - 0.5 || at > to + 0.5) {
            continue;
        }
        RoleStyle role = style.theme.role(line->style);
        role.dash = line->dashed ? Dash::dash : role.dash;
        painter.setPen(style.pen(role, style.paper ? style.dense : 1.2 * style.hairline));
        if (line->vertical) {
            painter.drawLine(QPointF(at, map.rect.bottom()), QPointF(at, map.rect.top()));
        } else {
            painter.drawLine(QPointF(map.rect.left(), at), QPointF(map.rect.right(), at));
        }
        if (line->label.empty() || line->vertical) { // the layout writes names of vertical lines above
            continue;
        }
        const QString text = QString::fromStdString(line->label);
        const QSizeF size(metrics.horizontalAdvance(text), metrics.height());
        const auto free = [&](const QRectF& rect) {
            return rect.left() >= map.rect.left() && rect.right() <= map.rect.right() &&
                   rect.bottom() <= map.rect.bottom() &&
                   std::ranges::none_of(placed, [&](const QRectF& other) { return other.intersects(rect); });
        };
        // Above its line before below it, at the right end, then further to the left each time.
        std::optional<QRectF> place;
        for (int row = 0; row < 4 && !place; ++row) {
            for (const bool under : {false, true}) {
                const QRectF rect(QPointF(map.rect.right() - size.width() - pad - row * size.width(),
                                          under ? at + 1 : at - size.height()),
                                  size);
                if (free(rect)) {
                    place = rect;
                    break;
                }
            }
        }
        if (place) {
            placed.push_back(*place);
            QColor paper = style.theme.background;
            paper.setAlphaF(0.7F);
            painter.fillRect(*place, paper);
            painter.setPen(style.theme.caption);
            painter.setFont(style.caption);
            painter.drawText(*place, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
                             text);
        }
    }
}

} // namespace finescope::widgets
