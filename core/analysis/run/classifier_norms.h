#pragma once

#include "core/record/run.h"

#include <optional>

namespace finescope::analysis {

/// ||V||_F and ||b||_2 of the classifier at one evaluation. definitions.md, Classifier norms.
struct ClassifierNorms {
    std::optional<double> weight, bias;
};

/// From the snapshot of that (epoch, stage), or from the recorded series of `/epochs` where a run has no such
/// snapshot; absent without either.
[[nodiscard]] ClassifierNorms classifierNormsAt(const record::Run& run, record::EpochKey key);

} // namespace finescope::analysis
