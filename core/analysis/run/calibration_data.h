#pragma once

#include "core/analysis/run/split_logits.h"
#include "core/analysis/temperature/temperature.h"
#include "core/record/run.h"

#include <optional>
#include <string>
#include <vector>

namespace finescope::analysis {

/// What calibration of one run needs: the logits of a split at one evaluation, and the temperature fitted on
/// the validation split, or on a split of one's choice, at that same evaluation.
struct CalibrationData : SplitLogits {
    std::optional<FittedTemperature> fitted{};
    std::string fittedOn{};                 ///< name of the split, "" if there is none to fit on
    bool inSample = false;                  ///< fitted on the very split it is applied to
    std::optional<double> classifierNorm{}; ///< ||V||_F at the same evaluation
    std::vector<std::string> classNames{};  ///< as the run records them, in label order
};

/// The split shown unless one is named: the first test split with logits, else validation, ood, train;
/// nullptr if no split has logits.
[[nodiscard]] const record::SplitInfo* defaultCalibrationSplit(const record::Run& run);

/// Reads logits and labels of `split` ("" = the default one) at `key` (nullopt = the model the run reports,
/// run-file.md, Reported model) and fits the temperature on the split `fitOn` ("" = the validation split, if
/// there is one: definitions.md, Fitted temperature). Throws Error{badInput} naming the file and its splits
/// if there is no such split or evaluation, and as readLogits(). Any thread; costs one read and one fit.
[[nodiscard]] CalibrationData readCalibration(const record::Run& run, const std::string& split = {},
                                              std::optional<record::EpochKey> key = std::nullopt,
                                              const std::string& fitOn = {});

/// The rows that temperatures are fitted on: of the split `fitOn` ("" = the validation split) at `key`;
/// nullopt where "" finds none. Throws as readCalibration().
[[nodiscard]] std::optional<SplitLogits> readFitSplit(const record::Run& run, const std::string& fitOn = {},
                                                      std::optional<record::EpochKey> key = std::nullopt);

/// The temperature of a run's reported model, as summary and claims apply it to its splits.
struct RunTemperature {
    FittedTemperature fitted{};
    std::string fittedOn{}; ///< name of the split
    record::EpochKey key{}; ///< logits of this evaluation alone are divided by it
};

/// The split that reportedTemperature() fits on; nullptr where there is none.
[[nodiscard]] const record::SplitInfo* temperatureSplit(const record::Run& run);

/// What readCalibration() fits where the default split is shown as reported; nullopt without logits, or
/// without a validation split at that evaluation. Reads no other split than that. Throws as readLogits().
[[nodiscard]] std::optional<RunTemperature> reportedTemperature(const record::Run& run);

} // namespace finescope::analysis
