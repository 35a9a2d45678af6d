#pragma once

#include "app/window/commands.h"

namespace finescope::window {

/// Adds `finescope figure`.
void addFigureCommand(CLI::App& app, Action& action);

} // namespace finescope::window
