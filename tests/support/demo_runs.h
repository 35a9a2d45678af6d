#pragma once

#include "core/record/run_reader.h"
#include "tests/support/data.h"

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace finescope::tests {

inline constexpr std::array kDemoMethods = {"lp", "ft", "lp-ft", "lora", "lp-lora"};
inline constexpr int kDemoSeeds = 5;

/// The recorded demo's run of a method; those of seed 1 hold features and kernels.
inline std::filesystem::path demoRunFile(const std::string& method, int seed = 1) {
    const auto runs = sourceRoot() / "resources" / "demo" / "runs";
    return (seed == 1 ? runs : runs / ("seed-" + std::to_string(seed))) / (method + ".h5");
}

inline record::Run demoRun(const std::string& method, int seed = 1) {
    return record::readRun(demoRunFile(method, seed));
}

/// Of all seeds, in their order.
inline std::vector<record::Run> demoRunsOf(const std::string& method) {
    std::vector<record::Run> runs;
    for (int seed = 1; seed <= kDemoSeeds; ++seed) {
        runs.push_back(demoRun(method, seed));
    }
    return runs;
}

} // namespace finescope::tests
