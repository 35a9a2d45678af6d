#pragma once

#include "core/figure/figure.h"

#include <string>
#include <vector>

namespace finescope::tests {

/// Figures of the shapes that finescope draws, from closed forms: fixed data for tests and for looking at.
[[nodiscard]] figure::Figure sampleReliability(const std::vector<std::string>& methods, double temperature);
[[nodiscard]] figure::Figure sampleNorms(figure::Scale scale);
[[nodiscard]] figure::Figure sampleFinalNorms();
[[nodiscard]] figure::Figure sampleHeatMap(bool diverging);
[[nodiscard]] figure::Figure sampleTwoAxes();
[[nodiscard]] figure::Figure sampleEmpty();

} // namespace finescope::tests
