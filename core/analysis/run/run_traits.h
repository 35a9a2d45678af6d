#pragma once

#include "core/record/run.h"

#include <filesystem>
#include <optional>

namespace finescope::analysis {

/// What the classifier's weights were multiplied by at the start of fine-tuning (definitions.md, Norm
/// scaling): the config's `classifier_scale`, 1 where the file says nothing.
[[nodiscard]] double classifierScale(const record::Run& run);

/// Whether fine-tuning's batches may have been taken with dropout: false where the config's `dropout` names
/// rates and all are 0.
[[nodiscard]] bool mayHaveDropout(const record::Run& run);

/// What the runs of a task are scored by (definitions.md, Task metric).
enum class TaskMetric {
    accuracy, ///< fraction of rows classified rightly, 0..1
    matthews, ///< Matthews correlation, -1..1
};

/// By which score a run's best epoch was chosen: the config's `metric`, "accuracy" or "matthews". Of files
/// that say nothing, the Matthews correlation for the task cola.
[[nodiscard]] TaskMetric taskMetric(const record::Run& run);

/// The file of predictions that a run was imported from (core/imports): the config's `imported.file`; nullopt
/// for a run that was trained. Such a file says nothing of a seed, so the run's 0 means none.
[[nodiscard]] std::optional<std::filesystem::path> importedFrom(const record::Run& run);

/// Whether the recorded logits are not the model's own size: logarithms of probabilities, or logits of which
/// each row's maximum was taken off, as an import has them (core/imports). Softmax at any temperature is
/// right.
[[nodiscard]] bool hasLostLogitSize(const record::Run& run);

} // namespace finescope::analysis
