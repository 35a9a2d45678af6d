// From the start of the process to a painted plot: `finescope resources/demo/runs` as a child process, from
// just before fork to the line that --report-paints prints. Processor time is that of the child, loading and
// all threads included.

#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPatienceMs = 20000;

struct Start {
    double seconds = 0, processorSeconds = 0;
};

/// Reads lines until a plot with at least `curves` of them was painted.
std::optional<Start> awaitPaint(int pipe, Clock::time_point begin, int curves) {
    std::string text;
    pollfd ready{pipe, POLLIN, 0};
    while (poll(&ready, 1, kPatienceMs) == 1) {
        std::array<char, 4096> part{};
        const ssize_t count = read(pipe, part.data(), part.size());
        const std::chrono::duration<double> elapsed = Clock::now() - begin;
        if (count <= 0) {
            break;
        }
        text.append(part.data(), static_cast<std::size_t>(count));
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            const auto line = nlohmann::json::parse(text.substr(0, end));
            text.erase(0, end + 1);
            if (line.at("event") == "painted" && line.at("curves").get<int>() >= curves) {
                return Start{elapsed.count(), line.at("cpu_seconds").get<double>()};
            }
        }
    }
    return std::nullopt;
}

std::optional<Start> startOnce(int curves) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) {
        return std::nullopt;
    }
    const auto begin = Clock::now();
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(FINESCOPE_PROGRAM, FINESCOPE_PROGRAM, "--report-paints",
              FINESCOPE_SOURCE_DIR "/resources/demo/runs", nullptr);
        _exit(127);
    }
    close(ends[1]);
    const auto start = child > 0 ? awaitPaint(ends[0], begin, curves) : std::nullopt;
    close(ends[0]);
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
    }
    return start;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// Until a plot with so many of the demo's runs is painted; of its 25, ten are ticked at first.
void paintedDemoPlot(benchmark::State& state) {
    std::string home = (std::filesystem::temp_directory_path() / "finescope-bench-XXXXXX").string();
    if (!mkdtemp(home.data())) {
        state.SkipWithError("no temporary folder");
        return;
    }
    // No settings of the person who measures: the first page, the first size.
    setenv("XDG_CONFIG_HOME", home.c_str(), 1);
    std::vector<double> wall, processor;
    for ([[maybe_unused]] auto turn : state) {
        const auto start = startOnce(static_cast<int>(state.range(0)));
        if (!start) {
            state.SkipWithError("the window painted no such plot");
            break;
        }
        state.SetIterationTime(start->seconds);
        wall.push_back(1000 * start->seconds);
        processor.push_back(1000 * start->processorSeconds);
    }
    std::filesystem::remove_all(home);
    if (!wall.empty()) {
        state.counters["median_ms"] = median(wall);
        state.counters["min_ms"] = *std::ranges::min_element(wall);
        state.counters["cpu_median_ms"] = median(processor);
        state.counters["cpu_min_ms"] = *std::ranges::min_element(processor);
    }
}
BENCHMARK(paintedDemoPlot)
    ->ArgName("runs")
    ->Arg(1)
    ->Arg(10)
    ->Iterations(15)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
