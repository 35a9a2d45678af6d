#pragma once

#include "core/engine/model/checkpoint.h"
#include "core/engine/train/plan.h"
#include "core/engine/train/probe.h"

#include <string>

namespace finescope::engine {

/// The plan with everything that was left to choose chosen.
struct ResolvedPlan {
    TrainPlan plan;
    StepSettings steps;
    std::int64_t maxLength = 0;
    int threads = 1;
    torch::Device device{torch::kCPU};
    std::vector<std::string> dataFiles; ///< what is read of the data folder
};

/// The run file's `config`: a JSON object with everything needed to repeat the run. RUN_FILE.md, Root
/// attributes.
[[nodiscard]] std::string configJson(const ResolvedPlan& resolved, const Checkpoint& checkpoint);

} // namespace finescope::engine
