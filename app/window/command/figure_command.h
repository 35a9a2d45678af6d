#pragma once

#include "app/window/command/commands.h"
#include "core/figure/calibration/calibration_view.h"

#include <string>

namespace finescope::window {

/// What `--temperature` says: a number, or "fitted". Throws Error{badInput} for anything else.
[[nodiscard]] figure::TemperatureChoice temperatureChoice(const std::string& text);

/// Adds `finescope figure`.
void addFigureCommand(CLI::App& app, Action& action);

} // namespace finescope::window
