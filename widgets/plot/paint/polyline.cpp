#include "widgets/plot/paint/polyline.h"

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

std::vector<QPolygonF> polylines(std::span<const double> x, std::span<const double> y, const PanelMap& map) {
    std::vector<QPolygonF> pieces;
    bool open = false;
    // Far outside the panel a position may overflow the integers of the raster engine: hold it near.
    const double reach = 4 * std::max(map.rect.width(), map.rect.height()) + 1000;
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        const QPointF at(map.x(x[i]), map.y(y[i]));
        if (!std::isfinite(at.x()) || !std::isfinite(at.y())) {
            open = false;
            continue;
        }
        if (!open) {
            pieces.emplace_back();
            open = true;
        }
        pieces.back() << QPointF(std::clamp(at.x(), map.rect.left() - reach, map.rect.right() + reach),
                                 std::clamp(at.y(), map.rect.top() - reach, map.rect.bottom() + reach));
    }
    return pieces;
}

QPolygonF decimated(const QPolygonF& piece) {
    if (piece.size() < 8 || !std::ranges::is_sorted(piece, {}, &QPointF::x)) {
        return piece;
    }
    QPolygonF kept;
    for (qsizetype begin = 0; begin < piece.size();) {
        const double column = std::floor(piece[begin].x());
        qsizetype end = begin, lowest = begin, highest = begin;
        while (end < piece.size() && std::floor(piece[end].x()) == column) {
            lowest = piece[end].y() < piece[lowest].y() ? end : lowest;
            highest = piece[end].y() > piece[highest].y() ? end : highest;
            ++end;
        }
        const qsizetype last = end - 1;
        const auto [early, late] = std::minmax(lowest, highest);
        qsizetype previous = -1;
        for (const qsizetype index : {begin, early, late, last}) {
            if (index != previous) {
                kept << piece[index];
                previous = index;
            }
        }
        begin = end;
    }
    return kept;
}

} // namespace finescope::widgets
