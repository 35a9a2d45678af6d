#pragma once

#include "core/analysis/temperature.h"
#include "core/figure/calibration_figures.h"
#include "core/matrix.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What calibration of one run needs: the logits of a split at one evaluation, and the temperature fitted on
/// the validation split at that same evaluation.
struct CalibrationData {
    std::string split{};
    std::optional<record::EpochKey> key{};
    MatrixF logits; ///< [N, C]
    Labels labels;  ///< [N]
    std::optional<analysis::FittedTemperature> fitted{};
    std::string fittedOn{}; ///< name of the split, "" if there is none to fit on
    bool inSample = false;  ///< fitted on the very split it is applied to
};

/// The split shown unless one is named: the first test split with logits, else validation, ood, train;
/// nullptr if no split has logits.
[[nodiscard]] const record::SplitInfo* defaultCalibrationSplit(const record::Run& run);

/// Reads logits and labels of `split` ("" = the default one) at `key` (nullopt = the model the run reports,
/// RUN_FILE.md) and fits the temperature. Throws Error{badInput} naming the file and its splits if there is
/// no such split or evaluation, and what the file reader throws. Any thread; costs one read and one fit.
[[nodiscard]] CalibrationData readCalibration(const record::Run& run, const std::string& split = {},
                                              std::optional<record::EpochKey> key = std::nullopt);

/// At which temperature runs are shown: one for all, or each at its own fitted one.
struct TemperatureChoice {
    bool fitted = false;
    double value = 1; ///< when not fitted
};

/// The diagrams of a set of runs as the exact functions of core/analysis give them (for export; a window that
/// follows a slider uses analysis::SliderTable). `before` adds the uncalibrated T = 1. Throws Error{badInput}
/// naming the file if it has no such evaluation, or a temperature is to be fitted and there is no validation
/// split.
[[nodiscard]] std::vector<ReliabilityEntry>
reliabilityEntries(std::span<const record::Run> runs, const std::string& split,
                   const TemperatureChoice& temperature, bool before, int binCount = 15,
                   std::optional<record::EpochKey> key = std::nullopt);

/// ECE, MCE and NLL of `data` at `points` temperatures, equally spaced in the logarithm from `low` to `high`.
[[nodiscard]] TemperatureCurve temperatureCurve(const CalibrationData& data, double low = 0.05,
                                                double high = 20, int points = 121, int binCount = 15);

} // namespace finescope::figure
