#pragma once

#include "core/matrix.h"
#include "core/record/run.h"

#include <optional>
#include <string>

namespace finescope::analysis {

/// What a run predicts for a split at one evaluation, and what is right.
struct SplitLogits {
    std::string split{};
    record::EpochKey key{};
    MatrixF logits; ///< [N, C], finite
    Labels labels;  ///< [N] in 0..C-1
};

/// Index into split.logitKeys of the evaluation `key` (nullopt = the model the run reports, run-file.md,
/// Reported model); nullopt if the split has no logits of it.
[[nodiscard]] std::optional<std::size_t> logitsAt(const record::Run& run, const record::SplitInfo& split,
                                                  std::optional<record::EpochKey> key = std::nullopt);

/// Block `row` of split.logitKeys. Throws Error{badInput} that names file, split and rows where there is no
/// row or no number can be computed (definitions.md, General rules), and what the file reader throws.
[[nodiscard]] SplitLogits readLogits(const record::Run& run, const record::SplitInfo& split, std::size_t row);

/// Those of the reported model: what scores, calibration errors and collapses of a split are computed from,
/// in summary, figures, tables and claims alike. nullopt where the split has no row or no logits. Throws as
/// readLogits().
[[nodiscard]] std::optional<SplitLogits> readReportedLogits(const record::Run& run,
                                                            const record::SplitInfo& split);

} // namespace finescope::analysis
