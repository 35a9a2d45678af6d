#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine make-demo`: the demo's encoder, data and five recorded runs, from nothing but a seed.
[[nodiscard]] Command makeDemoCommand();

} // namespace finescope::app
