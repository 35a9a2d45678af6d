#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine models`: the families of models that are understood, and what a folder is.
[[nodiscard]] Command modelsCommand();

} // namespace finescope::app
