#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/paint_style.h"
#include "widgets/plot/paint/panel_map.h"

#include <vector>

class QPainter;

namespace finescope::widgets {

/// Each paints one kind of mark of figure.h into the panel; clipping to the panel is the caller's.
void paintBand(QPainter& painter, const figure::Band& band, const PanelMap& map, const PaintStyle& style);
void paintBars(QPainter& painter, const figure::Bars& bars, const PanelMap& map, const PaintStyle& style);
void paintLine(QPainter& painter, const figure::Line& line, const PanelMap& map, const PaintStyle& style);
void paintScatter(QPainter& painter, const figure::Scatter& scatter, const PanelMap& map,
                  const PaintStyle& style);

/// All at once, because their labels must not cover each other.
void paintReferences(QPainter& painter, const std::vector<figure::ReferenceLine>& lines, const PanelMap& map,
                     const PaintStyle& style);

/// The role with its markers filled as a scatter wants them.
[[nodiscard]] RoleStyle filled(RoleStyle role, figure::Fill fill);
/// One marker of the role centred on `at`.
void paintMarker(QPainter& painter, QPointF at, const RoleStyle& role, double size, const PaintStyle& style);

/// The tints of filled areas: bands at 18 %, bars at the role's own opacity.
[[nodiscard]] QColor bandColour(const RoleStyle& role);
[[nodiscard]] QColor barColour(const RoleStyle& role);

/// Diagonal lines over a rectangle: too few samples to trust.
void paintHatch(QPainter& painter, const QRectF& rect, const QColor& colour, const PaintStyle& style);

} // namespace finescope::widgets
