#pragma once

#include "core/engine/model/checkpoint.h"
#include "core/engine/task/task.h"
#include "core/engine/train/plan.h"
#include "core/engine/train/probe.h"

#include <string>

namespace finescope::engine {

/// The plan with everything that was left to choose chosen.
struct ResolvedPlan {
    TrainPlan plan;
    ModelFolder model;
    StepSettings steps;
    std::int64_t maxLength = 0;
    Pooling pooling = Pooling::first;
    int threads = 1;
    torch::Device device{torch::kCPU};
    std::vector<std::string> dataFiles; ///< what is read of the data folder
};

/// The run file's `config`: a JSON object with everything needed to repeat the run. run-file.md, Root
/// attributes. `metric`: by which the best epoch is chosen.
[[nodiscard]] std::string configJson(const ResolvedPlan& resolved, const Checkpoint& checkpoint,
                                     SelectionMetric metric);

/// By how many bytes configWithChoice() may make a config longer.
inline constexpr std::size_t kChoiceBytes = 8192;

/// `config` of a run that probes, with what its probe chose and among what, in "probe": the strength "C", how
/// many rows each fold has ("rows"), and for every candidate ("scores") its C, its mean accuracy over the
/// folds and its hits in each.
[[nodiscard]] std::string configWithChoice(const std::string& config,
                                           const analysis::CrossValidation& choice);

} // namespace finescope::engine
