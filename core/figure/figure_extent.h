#pragma once

#include "core/figure/figure.h"

namespace finescope::figure {

/// The range an axis shows: its own, else all finite data of its side with a small margin. A logarithmic
/// range covers the positive data only. Never empty.
[[nodiscard]] Range xExtent(const Panel& panel);
[[nodiscard]] Range yExtent(const Panel& panel, Side side);

/// A height that suits the figure at this width (both in mm): square panels stay square, others get the
/// golden ratio, headers and axes get their room at that font size.
[[nodiscard]] double naturalHeight(const Figure& figure, double widthMm, double fontPt);

} // namespace finescope::figure
