#pragma once

#include "app/window/command/commands.h"

namespace finescope::window {

/// Adds `finescope table`.
void addTableCommand(CLI::App& app, Action& action);

} // namespace finescope::window
