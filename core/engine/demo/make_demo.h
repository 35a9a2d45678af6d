#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace finescope::engine {

struct DemoOptions {
    std::filesystem::path folder;
    std::int64_t seed = 1;
    /// Few enough that the features separate the classes only in part: cross-validation would otherwise
    /// choose a tiny norm, and probing would have nothing to show.
    std::int64_t pretrainingSteps = 1800;
    std::function<void(std::int64_t step, std::int64_t totalSteps)> onStep;
    std::function<void(const std::string&)> onNote;
    std::stop_token stop;
};

/// Writes `folder`/model (a RoBERTa of two layers, pre-trained here on sentences made here) and `folder`/data
/// (the demo task in those words). The same seed gives the same files on the same machine. Throws Error.
void makeDemoModelAndData(const DemoOptions& options);

} // namespace finescope::engine
