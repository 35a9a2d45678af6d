#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine verify`.
[[nodiscard]] Command verifyCommand();

} // namespace finescope::app
