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
#include <string>
#include <vector>

namespace finescope::app {

namespace {

namespace fs = std::filesystem;

// Two single-thread runs side by side: a second thread would slow so small an encoder.
constexpr std::size_t kSideBySide = 2;
// For intervals over seeds.
constexpr std::int64_t kSeeds = 5;

struct DemoRun {
    engine::Method method = engine::Method::lp;
    std::int64_t seed = 1;
    bool whole = true; ///< with features and a kernel, for which the demo's 8 MiB have room in one seed
    fs::path file;
};

/// The runs of the first seed lie in folder/runs, those of the others in folders below it.
std::vector<DemoRun> demoRuns(const fs::path& folder, std::int64_t firstSeed) {
    // The longest first, so that the two lanes end together.
    constexpr std::array kMethods = {engine::Method::lpFt, engine::Method::lpLora, engine::Method::ft,
                                     engine::Method::lora, engine::Method::lp};
    std::vector<DemoRun> runs;
    for (std::int64_t seed = firstSeed; seed < firstSeed + kSeeds; ++seed) {
        const bool first = seed == firstSeed;
        const fs::path place = folder / "runs" / (first ? "" : "seed-" + std::to_string(seed));
        for (const engine::Method method : kMethods) {
            runs.push_back({method, seed, first, place / (engine::methodName(method) + ".h5")});
        }
    }
    return runs;
}

engine::ChildProcess startRun(const fs::path& folder, const DemoRun& run) {
    fs::create_directories(run.file.parent_path());
    return engine::ChildProcess({"train",
                                 "--model",
                                 (folder / "model").string(),
                                 "--task",
                                 "demo",
                                 "--data",
                                 (folder / "data").string(),
                                 "--method",
                                 engine::methodName(run.method),
                                 "--seed",
                                 std::to_string(run.seed),
                                 "--features",
                                 run.whole ? "eval" : "none",
                                 "--threads",
                                 "1",
                                 "--progress",
                                 "none",
                                 "--overwrite",
                                 "--output",
                                 run.file.string()});
}

engine::ChildProcess startKernel(const DemoRun& run) {
    return engine::ChildProcess({"ntk", run.file.string(), "--train-samples", "40", "--test-samples", "20",
                                 "--threads", "1", "--progress", "none"});
}

/// Starts a process for each run and waits until all have ended well.
void forEachRun(const std::vector<DemoRun>& runs, const CommandContext& context,
                const std::function<engine::ChildProcess(const DemoRun&)>& start) {
    for (std::size_t i = 0; i < runs.size(); i += kSideBySide) {
        std::vector<engine::ChildProcess> running;
        for (std::size_t k = i; k < std::min(i + kSideBySide, runs.size()); ++k) {
            running.push_back(start(runs[k]));
        }
        for (engine::ChildProcess& child : running) {
            if (child.wait(context.stop) != 0 || context.stop.stop_requested()) {
                throw Error(context.stop.stop_requested() ? ErrorKind::cancelled : ErrorKind::internal,
                            "a run of the demo failed; its own message is above");
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
    std::vector<DemoRun> runs = demoRuns(folder, seed);
    forEachRun(runs, context, [&](const DemoRun& run) { return startRun(folder, run); });
    std::erase_if(runs, [](const DemoRun& run) { return !run.whole; });
    forEachRun(runs, context, startKernel);
    context.log.info("demo complete: " + folder.string());
    return 0;
}

} // namespace

Command makeDemoCommand() {
    return {"make-demo", "Make the demo's encoder, data and recorded runs: five methods, five seeds",
            [](CLI::App& app) {
                auto folder = std::make_shared<fs::path>();
                auto seed = std::make_shared<std::int64_t>(1);
                app.add_option("folder", *folder, "Where to write model, data and runs")
                    ->required()
                    ->type_name("DIR");
                app.add_option("--seed", *seed, "Seed of the encoder, the data and the first runs")
                    ->capture_default_str();
                return [folder, seed](const CommandContext& context) {
                    return makeDemo(*folder, *seed, context);
                };
            }};
}

} // namespace finescope::app
