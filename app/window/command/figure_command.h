#pragma once

#include "app/window/command/commands.h"

namespace finescope::window {

/// Adds `finescope figure`.
void addFigureCommand(CLI::App& app, Action& action);

} // namespace finescope::window
