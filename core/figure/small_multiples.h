#pragma once

#include "core/figure/figure.h"

namespace finescope::figure {

/// Sets panels that share one legend out in columns (two up to four panels, three for more) and puts the
/// legend below the last row, which is as wide as the figure. The figure has at least one panel.
void layOutSmallMultiples(Figure& figure);

} // namespace finescope::figure
