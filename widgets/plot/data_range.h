#pragma once

#include "core/figure/figure.h"

namespace finescope::widgets {

/// What an axis shows before anybody zooms: its own range, or that of the data with a little air. `scale` is
/// the scale in force (a person may have switched it). Logarithmic ranges are of the positive values only.
/// Never empty.
[[nodiscard]] figure::Range homeRangeX(const figure::Panel& panel, figure::Scale scale);
[[nodiscard]] figure::Range homeRangeY(const figure::Panel& panel, figure::Side side, figure::Scale scale);

} // namespace finescope::widgets
