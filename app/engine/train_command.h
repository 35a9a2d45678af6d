#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine train`: one fine-tuning run into one run file.
[[nodiscard]] Command trainCommand();

} // namespace finescope::app
