#include "app/engine/command.h"
#include "app/engine/embed_command.h"
#include "app/engine/import_command.h"
#include "app/engine/make_demo_command.h"
#include "app/engine/models_command.h"
#include "app/engine/ntk_command.h"
#include "app/engine/signals.h"
#include "app/engine/study_command.h"
#include "app/engine/tasks_command.h"
#include "app/engine/train_command.h"
#include "app/engine/verify_command.h"
#include "core/engine/program_version.h"
#include "core/error.h"
#include "core/unexpected_error.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

namespace {

using finescope::Error;
using finescope::ErrorKind;
using finescope::app::Command;

constexpr const char* kProgram = "finescope-engine";

// Everything that was to be written is written by now. Leaving without destructors of static objects skips
// LibTorch's slow clean-up.
[[noreturn]] void leave(int status) {
    std::cout.flush();
    std::fflush(nullptr);
    std::_Exit(status);
}

int run(int argc, char** argv, std::stop_token stop, finescope::app::Log& log) {
    const std::vector<Command> commands = {
        finescope::app::trainCommand(),  finescope::app::ntkCommand(),   finescope::app::studyCommand(),
        finescope::app::verifyCommand(), finescope::app::tasksCommand(), finescope::app::modelsCommand(),
        finescope::app::importCommand(), finescope::app::embedCommand(), finescope::app::makeDemoCommand(),
    };

    CLI::App app("Fine-tunes encoders and records everything in run files for finescope.", kProgram);
    app.set_version_flag("--version", finescope::engine::programVersion());
    app.set_help_flag("--help,-h", "This help");
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);

    std::function<int(const finescope::app::CommandContext&)> chosen;
    for (const Command& command : commands) {
        CLI::App* sub = app.add_subcommand(command.name, command.summary);
        sub->callback([&chosen, work = command.declare(*sub)] { chosen = work; });
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
            return app.exit(error); // --help and --version
        }
        throw Error(ErrorKind::badInput, std::string(error.what()) + " (see " + kProgram + " --help)");
    }
    return chosen({std::move(stop), log});
}

} // namespace

int main(int argc, char** argv) {
    const finescope::app::SignalListener signals;
    finescope::app::Log log(kProgram);
    try {
        leave(run(argc, argv, signals.stopToken(), log));
    } catch (const Error& error) {
        log.error(error.what());
        leave(finescope::exitStatus(error.kind()));
    } catch (const std::bad_alloc&) {
        log.error("out of memory: use a smaller --batch-size or --max-length");
        leave(finescope::exitStatus(ErrorKind::internal));
    } catch (const std::exception& error) {
        log.error(finescope::fromUnexpected(error).what());
        leave(finescope::exitStatus(ErrorKind::internal));
    }
}
