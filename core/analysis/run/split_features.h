#pragma once

#include "core/matrix.h"
#include "core/record/run.h"

namespace finescope::analysis {

/// The features of a split before and after fine-tuning. definitions.md, Features.
struct SplitFeatures {
    MatrixF pretrained, final; ///< [N, h]; without rows where they are not recorded
    Labels labels;             ///< [N]; empty where neither is
};

/// Reads what the run holds of them. Throws what the file reader throws.
[[nodiscard]] SplitFeatures readFeatures(const record::Run& run, const record::SplitInfo& split);

} // namespace finescope::analysis
