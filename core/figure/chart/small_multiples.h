#pragma once

#include "core/figure/figure.h"

#include <cstddef>

namespace finescope::figure {

/// Names of a legend that a free cell of a figure with several panels has room for; more stand below.
inline constexpr std::size_t kFreeCellNames = 7;

/// Sets panels that share one legend out in columns (two up to four panels, three for more) and puts the
/// legend below the last row, which is as wide as the figure. The figure has at least one panel.
void layOutSmallMultiples(Figure& figure);

/// Joins panels of curves, in rows of `figure.columns`, into one figure: the panels of a column have one
/// range of x, and the lowest that has data carries the numbers and the label (as short as small panels need
/// it); the legend, of all runs, is below the last row; the switch is named once.
void joinPanels(Figure& figure);

} // namespace finescope::figure
