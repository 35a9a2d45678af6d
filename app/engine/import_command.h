#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine import`: a run file of logits or probabilities and labels that exist already.
[[nodiscard]] Command importCommand();

} // namespace finescope::app
