#pragma once

#include "widgets/plot/paint/panel_map.h"

#include <QPolygonF>

#include <span>
#include <vector>

namespace finescope::widgets {

/// The connected pieces of a curve in surface coordinates: a point that is not finite, or has no place on the
/// axis, ends a piece.
[[nodiscard]] std::vector<QPolygonF> polylines(std::span<const double> x, std::span<const double> y,
                                               const PanelMap& map);

/// The same piece with at most four points for each pixel column (first, lowest, highest, last), which paints
/// the same pixels. Pieces whose x goes back come back unchanged. Only for the screen. O(points).
[[nodiscard]] QPolygonF decimated(const QPolygonF& piece);

} // namespace finescope::widgets
