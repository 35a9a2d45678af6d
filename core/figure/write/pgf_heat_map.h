#pragma once

#include "core/figure/figure.h"

#include <string>

namespace finescope::figure {

/// The heat map of a panel as a pgfplots matrix plot; "" if it has none.
[[nodiscard]] std::string pgfHeatMap(const Panel& panel);

} // namespace finescope::figure
