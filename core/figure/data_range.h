#pragma once

#include "core/figure/figure.h"

namespace finescope::figure {

/// What an axis shows before anybody zooms: its own range, or that of the data with a little air. `scale` is
/// the scale in force (a person may have switched it). Logarithmic ranges are of the positive values only.
/// Never empty. Bands and whiskers widen the range of y by at most half the span of the data on each side,
/// and not below zero where no datum is: the interval of two seeds is easily a hundred times as long as all
/// that was measured.
[[nodiscard]] Range homeRangeX(const Panel& panel, Scale scale);
[[nodiscard]] Range homeRangeY(const Panel& panel, Side side, Scale scale);

} // namespace finescope::figure
