#pragma once

#include "app/engine/command.h"

namespace finescope::app {

/// `finescope-engine study`: every run of a study, one cell of it, or a job array's script.
[[nodiscard]] Command studyCommand();

} // namespace finescope::app
