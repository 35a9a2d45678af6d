#pragma once

#include <CLI/App.hpp>

#include <functional>

namespace finescope::window {

/// What is left to do when the arguments are understood; returns the exit status, throws finescope::Error.
using Action = std::function<int(int argc, char** argv)>;

/// Adds `summary`, `figure` and `table` (architecture.md, Commands) to `app`. Parsing one of them sets
/// `action`, which must outlive the parsing.
void addCommands(CLI::App& app, Action& action);

} // namespace finescope::window
