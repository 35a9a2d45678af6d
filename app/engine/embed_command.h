#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine embed`: lines from standard input to one JSON object each, with token ids and features.
[[nodiscard]] Command embedCommand();

} // namespace finescope::app
