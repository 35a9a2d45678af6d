#pragma once

#include "app/engine/log.h"

#include <CLI/App.hpp>

#include <functional>
#include <stop_token>
#include <string>

namespace finescope::app {

/// What main hands to a command.
struct CommandContext {
    std::stop_token stop; ///< requested by Ctrl+C and SIGTERM
    Log& log;
};

/// One command of the table in main. `declare` adds its options to `app`; the function it returns does the
/// work after parsing and returns the exit status. It reports failure by throwing Error.
struct Command {
    std::string name;
    std::string summary;
    std::function<std::function<int(const CommandContext&)>(CLI::App& app)> declare;
};

} // namespace finescope::app
