#include "app/engine/verify_command.h"

#include "app/engine/progress.h"
#include "app/engine/verify_report.h"
#include "core/engine/program_version.h"
#include "core/engine/text_file.h"
#include "core/error.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <thread>

namespace finescope::app {

namespace {

struct VerifyOptions {
    engine::VerificationSettings settings;
    int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    bool asJson = false;
    std::string output;
};

void declareOptions(CLI::App& app, VerifyOptions& options) {
    app.add_flag("--quick", options.settings.quick, "Fewer models, draws and steps: seconds, not minutes");
    app.add_flag("--json", options.asJson, "One JSON object on standard output instead of text");
    app.add_option("--seed", options.settings.seed, "Of all models and draws")->capture_default_str();
    app.add_option("--threads", options.threads, "Threads; the numbers do not depend on them")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    app.add_option("--output", options.output, "Also write the JSON object to this file")->type_name("FILE");
}

int verify(const VerifyOptions& options, const CommandContext& context) {
    ProgressDisplay display(ProgressStyle::automatic);
    engine::VerificationSettings settings = options.settings;
    settings.workers = options.threads;
    const engine::Verification theory = engine::verifyTheory(settings, progressHooks(display, context));
    display.clear();

    nlohmann::ordered_json document = {
        {"program", "finescope-engine " + engine::programVersion()},
        {"created", theory.laboratory.created},
        {"seed", settings.seed},
        {"quick", settings.quick},
    };
    document.update(engine::verificationToJson(theory));
    const std::string json = document.dump() + "\n";
    if (!options.output.empty()) {
        engine::writeWhole(options.output, std::array<std::string_view, 1>{json});
    }
    std::cout << (options.asJson ? json : verificationText(theory)) << std::flush;
    if (!std::cout) {
        throw Error(ErrorKind::internal, "standard output cannot be written: is the disk full?");
    }
    return theory.holds() ? 0 : 1;
}

} // namespace

Command verifyCommand() {
    return {"verify", "Check the theory, T1 to T10, and run the two-layer linear laboratory",
            [](CLI::App& app) {
                const auto options = std::make_shared<VerifyOptions>();
                declareOptions(app, *options);
                return [options](const CommandContext& context) { return verify(*options, context); };
            }};
}

} // namespace finescope::app
