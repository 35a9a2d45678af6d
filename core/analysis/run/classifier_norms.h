#pragma once

#include "core/record/run.h"

#include <optional>

namespace finescope::analysis {

/// ||V||_F and ||b||_2 of the classifier at one evaluation. definitions.md, Classifier norms.
struct ClassifierNorms {
    std::optional<double> weight, bias;
};

/// From the snapshot of that (epoch, stage), which is what happened; or from the recorded series of `/epochs`
/// where a run has no such snapshot; absent without either.
[[nodiscard]] ClassifierNorms classifierNormsAt(const record::Run& run, record::EpochKey key);

/// One norm at the three moments of run-file.md, Reported model; nullopt where the run has no such row.
struct NormMoments {
    std::optional<double> initial;  ///< the first row
    std::optional<double> afterLp;  ///< the row (1, stage 0)
    std::optional<double> reported; ///< the selected model, else the last row
};
struct RunNorms {
    NormMoments weight, bias;
};

/// What summary, figures, tables and claims say of a run's classifier: classifierNormsAt at these moments.
[[nodiscard]] RunNorms runNorms(const record::Run& run);

/// ||V||_F where fine-tuning starts, after any classifier scale: the row (0, stage 1), x of the norm-scaling
/// figure (run-file.md, Reported model). nullopt where the run has no such row.
[[nodiscard]] std::optional<double> startNorm(const record::Run& run);

} // namespace finescope::analysis
