#include "app/engine/verify_command.h"

#include "app/engine/progress.h"
#include "app/engine/verify_report.h"
#include "core/analysis/claims/claims.h"
#include "core/engine/program_version.h"
#include "core/engine/text_file.h"
#include "core/error.h"
#include "core/record/run_files.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
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
    std::string study;
};

void declareOptions(CLI::App& app, VerifyOptions& options) {
    app.add_flag("--quick", options.settings.quick, "Fewer models, draws and steps: seconds, not minutes");
    app.add_flag("--json", options.asJson, "One JSON object on standard output instead of text");
    app.add_option("--seed", options.settings.seed, "Seed of all models and draws")->capture_default_str();
    app.add_option("--threads", options.threads, "Threads; the numbers do not depend on them")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    app.add_option("STUDY_DIR", options.study,
                   "A study's folder, or any folder of run files: also test the claims C1 to C23 on them");
    app.add_option("--output", options.output, "Also write the JSON object to this file")->type_name("FILE");
}

/// The runs a study was made for: those of its search for settings are left aside.
std::vector<record::Run> runsOf(const std::filesystem::path& folder) {
    const std::filesystem::path runs = folder / "runs";
    return record::readRuns(
        record::expandRunFiles({std::filesystem::is_directory(runs) ? runs.string() : folder.string()}));
}

int verify(const VerifyOptions& options, const CommandContext& context) {
    ProgressDisplay display(ProgressStyle::automatic);
    engine::VerificationSettings settings = options.settings;
    settings.workers = options.threads;
    std::vector<analysis::Claim> claims;
    if (!options.study.empty()) {
        claims = analysis::checkClaims(runsOf(options.study));
    }
    const engine::Verification theory = engine::verifyTheory(settings, progressHooks(display, context));
    display.clear();

    nlohmann::ordered_json document = {
        {"program", engine::programVersion()},
        {"created", theory.laboratory.created},
        {"seed", settings.seed},
        {"quick", settings.quick},
    };
    document.update(engine::verificationToJson(theory));
    if (!claims.empty()) {
        document["claims"] = analysis::claimsToJson(claims);
    }
    const std::string json = document.dump() + "\n";
    if (!options.output.empty()) {
        engine::writeWhole(options.output, std::array<std::string_view, 1>{json});
    }
    std::cout << (options.asJson ? json
                                 : verificationText(theory) + (claims.empty() ? "" : claimsText(claims)))
              << std::flush;
    if (!std::cout) {
        throw Error(ErrorKind::internal, "standard output cannot be written: is the disk full?");
    }
    return theory.holds() ? 0 : 1;
}

} // namespace

Command verifyCommand() {
    return {"verify",
            "Check the theory, T1 to T10, run the two-layer linear laboratory, and test the claims C1 to C23 "
            "on a study",
            [](CLI::App& app) {
                const auto options = std::make_shared<VerifyOptions>();
                declareOptions(app, *options);
                return [options](const CommandContext& context) { return verify(*options, context); };
            }};
}

} // namespace finescope::app
