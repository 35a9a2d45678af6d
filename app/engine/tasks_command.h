#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine tasks`: every task with its files, classes and template.
[[nodiscard]] Command tasksCommand();

} // namespace finescope::app
