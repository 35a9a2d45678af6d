#pragma once

#include "core/figure/problems.h"
#include "core/record/run.h"

#include <optional>

namespace finescope::figure {

/// ||V||_F or ||b||_2 of the classifier at the three moments of run-file.md, Reported model; nullopt where
/// the run has no such row.
struct NormMoments {
    std::optional<double> initial;  ///< the first row
    std::optional<double> afterLp;  ///< the row (1, stage 0)
    std::optional<double> reported; ///< the selected model, else the last row
};

struct ClassifierNorms {
    NormMoments weight, bias;
};

/// From the recorded series where it is there, else from the snapshots. definitions.md, Classifier norms.
[[nodiscard]] ClassifierNorms classifierNorms(const record::Run& run);

/// Those of the weights that are finite; what is not, or cannot be read, goes to `problems`.
[[nodiscard]] NormMoments usableWeightNorms(const record::Run& run, Problems& problems);

/// ||V||_F where fine-tuning starts, after any classifier scale: the row (0, stage 1), x of the norm-scaling
/// figure (run-file.md, Reported model). nullopt where the run has no such row.
[[nodiscard]] std::optional<double> startNorm(const record::Run& run);

} // namespace finescope::figure
