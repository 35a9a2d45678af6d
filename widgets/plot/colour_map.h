#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/panel_map.h"

#include <QImage>
#include <QRgb>

namespace finescope::widgets {

/// viridis at t in [0, 1]: linear between sixteen of its entries. Source: Smith and van der Walt 2015 (CC0).
[[nodiscard]] QRgb viridis(double t);

/// Blue over white to red at t in [-1, 1], of even lightness on both sides.
[[nodiscard]] QRgb diverging(double t);

/// One pixel per cell, row 0 at the bottom; cells without a value are transparent.
[[nodiscard]] QImage heatMapImage(const figure::HeatMap& map, const figure::Range& range);

/// Colour of a value on the scale of the map.
[[nodiscard]] QRgb heatColour(const figure::HeatMap& map, const figure::Range& range, double value);

} // namespace finescope::widgets
