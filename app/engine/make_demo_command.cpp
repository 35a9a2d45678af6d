#include "app/engine/make_demo_command.h"

#include "app/engine/progress.h"
#include "core/engine/child_process.h"
#include "core/engine/demo/make_demo.h"
#include "core/engine/train/plan.h"
#include "core/error.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

namespace finescope::app {

namespace {

namespace fs = std::filesystem;

// Two single-thread runs side by side: a second thread would slow so small an encoder.
constexpr std::size_t kSideBySide = 2;

std::string runFile(const fs::path& folder, engine::Method method) {
    return (folder / "runs" / (engine::methodName(method) + ".h5")).string();
}

engine::ChildProcess startRun(const fs::path& folder, engine::Method method, std::int64_t seed) {
    return engine::ChildProcess({"train", "--model", (folder / "model").string(), "--task", "demo", "--data",
                                 (folder / "data").string(), "--method", engine::methodName(method), "--seed",
                                 std::to_string(seed), "--threads", "1", "--progress", "none", "--overwrite",
                                 "--output", runFile(folder, method)});
}

engine::ChildProcess startKernel(const fs::path& folder, engine::Method method) {
    // As many samples as the demo's 6 MB have room for.
    return engine::ChildProcess({"ntk", runFile(folder, method), "--train-samples", "48", "--test-samples",
                                 "24", "--threads", "1", "--progress", "none"});
}

/// Starts a process for each method and waits until all have ended well.
void forEachMethod(const CommandContext& context,
                   const std::function<engine::ChildProcess(engine::Method)>& start) {
    // The longest first, so that the two lanes end together.
    constexpr std::array kMethods = {engine::Method::lpFt, engine::Method::lpLora, engine::Method::ft,
                                     engine::Method::lora, engine::Method::lp};
    for (std::size_t i = 0; i < kMethods.size(); i += kSideBySide) {
        std::vector<engine::ChildProcess> running;
        for (std::size_t k = i; k < std::min(i + kSideBySide, kMethods.size()); ++k) {
            running.push_back(start(kMethods[k]));
        }
        for (engine::ChildProcess& child : running) {
            if (child.wait(context.stop) != 0 || context.stop.stop_requested()) {
                throw Error(context.stop.stop_requested() ? ErrorKind::cancelled : ErrorKind::internal,
                            "a run of the demo did not end well; its own message is above");
            }
        }
    }
}

int makeDemo(const fs::path& folder, std::int64_t seed, const CommandContext& context) {
    fs::create_directories(folder);
    ProgressDisplay display(ProgressStyle::automatic);
    engine::DemoOptions options;
    options.folder = folder;
    options.seed = seed;
    options.stop = context.stop;
    options.onStep = [&](std::int64_t step, std::int64_t total) {
        display.show({"pre-training", step, total, 0, {}});
    };
    options.onNote = [&](const std::string& note) {
        display.clear();
        context.log.info(note);
    };
    engine::makeDemoModelAndData(options);
    fs::create_directories(folder / "runs");
    forEachMethod(context, [&](engine::Method method) { return startRun(folder, method, seed); });
    forEachMethod(context, [&](engine::Method method) { return startKernel(folder, method); });
    context.log.info("demo complete: " + folder.string());
    return 0;
}

} // namespace

Command makeDemoCommand() {
    return {"make-demo", "Make the demo's encoder, data and five recorded runs with their kernels",
            [](CLI::App& app) {
                auto folder = std::make_shared<fs::path>();
                auto seed = std::make_shared<std::int64_t>(1);
                app.add_option("folder", *folder, "Where to write model, data and runs")
                    ->required()
                    ->type_name("DIR");
                app.add_option("--seed", *seed, "Seed of everything")->capture_default_str();
                return [folder, seed](const CommandContext& context) {
                    return makeDemo(*folder, *seed, context);
                };
            }};
}

} // namespace finescope::app
