#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine ntk`: adds a neural tangent kernel to a run file.
[[nodiscard]] Command ntkCommand();

} // namespace finescope::app
