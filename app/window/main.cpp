#include "app/window/command/commands.h"
#include "app/window/window/open_window.h"
#include "core/error.h"
#include "core/record/run_files.h"
#include "core/text/shown.h"
#include "core/unexpected_error.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

/// One line on standard error, as every command promises.
void complain(const std::string& message) {
    std::fprintf(stderr, "finescope: %s\n", finescope::text::oneLine(message).c_str());
}

} // namespace

int main(int argc, char** argv) {
    using namespace finescope;
    CLI::App app(
        "finescope: see why fine-tuning runs behave as they do.\nWithout a command it opens the window.",
        "finescope");
    app.set_version_flag("--version", "finescope " FINESCOPE_VERSION);
    std::vector<std::string> paths;
    app.add_option("FILE", paths,
                   "Run files or folders to open in the window; " + record::predictionSuffixes("and") +
                       " files of predictions are imported");
    bool reportPaints = false;
    app.add_flag("--report-paints", reportPaints,
                 "Print one JSON line for each plot that the window paints (to measure it)");
    window::Action action = [&](int count, char** values) {
        return window::openWindow(count, values, {paths.begin(), paths.end()},
                                  reportPaints ? window::Report::paints : window::Report::nothing);
    };
    window::addCommands(app, action);
    app.require_subcommand(0, 1);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) { // --help and --version
        return app.exit(wanted);
    } catch (const CLI::ParseError& error) {
        complain(std::string(error.what()) + "; see 'finescope --help'");
        return exitStatus(ErrorKind::badInput);
    }
    try {
        return action(argc, argv);
    } catch (const Error& error) {
        complain(error.what());
        return exitStatus(error.kind());
    } catch (const std::exception& error) {
        complain(fromUnexpected(error).what());
        return exitStatus(ErrorKind::internal);
    }
}
