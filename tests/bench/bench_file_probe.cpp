// Looks of child processes at run files before they are read: the demo's runs, each under many names.

#include "core/record/file_probe.h"
#include "tests/support/data.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

using namespace finescope;

namespace {

std::vector<std::filesystem::path> demoRuns() {
    std::vector<std::filesystem::path> runs;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(tests::sourceRoot() / "resources/demo/runs")) {
        if (entry.path().extension() == ".h5") {
            runs.push_back(entry.path());
        }
    }
    std::ranges::sort(runs);
    return runs;
}

// From before the first child is started until the last answer; the caller does nothing else.
void lookAtRuns(benchmark::State& state) {
    const auto runs = demoRuns();
    const auto folder =
        std::filesystem::temp_directory_path() / ("bench_file_probe." + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(0)); ++i) {
        files.push_back(folder / (std::to_string(i) + ".h5"));
        std::filesystem::create_symlink(runs[i % runs.size()], files.back());
    }
    for ([[maybe_unused]] auto turn : state) {
        record::FileProbe probe({FINESCOPE_PROGRAM, "probe-files"});
        probe.lookAhead(files);
        for (const auto& file : files) {
            probe.require(record::PinnedFile(file));
        }
    }
    std::filesystem::remove_all(folder);
    state.counters["each"] =
        benchmark::Counter(static_cast<double>(files.size()),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(lookAtRuns)
    ->ArgName("runs")
    ->Arg(1)
    ->Arg(25)
    ->Arg(1000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
