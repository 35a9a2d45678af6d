#pragma once

#include "core/analysis/temperature/temperature.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/choices.h"
#include "core/figure/problems.h"
#include "core/matrix.h"
#include "core/record/run.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What calibration of one run needs: the logits of a split at one evaluation, and the temperature fitted on
/// the validation split, or on a split of one's choice, at that same evaluation.
struct CalibrationData {
    std::string split{};
    std::optional<record::EpochKey> key{};
    MatrixF logits; ///< [N, C]
    Labels labels;  ///< [N]
    std::optional<analysis::FittedTemperature> fitted{};
    std::string fittedOn{};                 ///< name of the split, "" if there is none to fit on
    bool inSample = false;                  ///< fitted on the very split it is applied to
    std::optional<double> classifierNorm{}; ///< ||V||_F at the same evaluation
    std::vector<std::string> classNames{};  ///< [C], all different; "class 3" where none is recorded
};

/// What the fitted temperature suffers from, as sentences without the last end: that it was fitted on the
/// rows it is applied to (definitions.md, Fitted temperature), or is no minimum. "" if nothing, or if there
/// is none.
[[nodiscard]] std::string fitCaution(const CalibrationData& data);

/// The split shown unless one is named: the first test split with logits, else validation, ood, train;
/// nullptr if no split has logits.
[[nodiscard]] const record::SplitInfo* defaultCalibrationSplit(const record::Run& run);

/// Reads logits and labels of `split` ("" = the default one) at `key` (nullopt = the model the run reports,
/// run-file.md, Reported model) and fits the temperature on the split `fitOn` ("" = the validation split, if
/// there is one). Throws Error{badInput} naming the file and its splits if there is no such split or
/// evaluation, and what the file reader throws. Any thread; costs one read and one fit.
[[nodiscard]] CalibrationData readCalibration(const record::Run& run, const std::string& split = {},
                                              std::optional<record::EpochKey> key = std::nullopt,
                                              const std::string& fitOn = {});

/// A split that temperatures may be fitted on, at the evaluation that readCalibration() would choose.
struct FitSplit {
    std::string name{};
    MatrixF logits; ///< [N, C]
    Labels labels;  ///< [N]
};

/// The split `fitOn` ("" = the validation split) at `key`; nullopt where "" finds none. Throws as
/// readCalibration().
[[nodiscard]] std::optional<FitSplit> readFitSplit(const record::Run& run, const std::string& fitOn = {},
                                                   std::optional<record::EpochKey> key = std::nullopt);

/// The temperature that `choice` means for a run. Throws Error{badInput} naming the file if it is to be the
/// fitted one and there was nothing to fit it on.
[[nodiscard]] double chosenTemperature(const record::Run& run, const CalibrationData& data,
                                       const TemperatureChoice& choice);

/// The diagrams of a set of runs as the exact functions of core/analysis give them (for export; a window that
/// follows a slider uses analysis::SliderTable). `before` adds the uncalibrated T = 1. A run that has no such
/// evaluation, or nothing to fit a temperature on that is to be fitted, goes to `problems`, as what
/// diagramAt() throws; without them Error{badInput} names the file.
[[nodiscard]] std::vector<ReliabilityEntry>
reliabilityEntries(std::span<const record::Run> runs, const std::string& split,
                   const TemperatureChoice& temperature, bool before, const DiagramChoice& choice = {},
                   std::optional<record::EpochKey> key = std::nullopt, const std::string& fitOn = {},
                   Problems* problems = nullptr);

/// The temperatures that curves of these run over: 0.05 to 20, and wider where an optimum lies outside.
[[nodiscard]] Range temperatureRange(std::span<const CalibrationData> data);

/// ECE, MCE, NLL and Brier score of `data` at `points` temperatures, equally spaced in the logarithm from
/// `low` to `high`, by reliability(): O(points N C). Without name and style.
[[nodiscard]] TemperatureCurve temperatureCurve(const CalibrationData& data, double low = 0.05,
                                                double high = 20, int points = 121, int binCount = 15);

/// The numbers at a temperature, by whatever path.
using NumbersAt = std::function<analysis::Reliability(double temperature)>;

/// The same with the curves by `numbersAt`, as SliderTable::at() for the screen; the optimum is exact.
[[nodiscard]] TemperatureCurve temperatureCurve(const CalibrationData& data, const NumbersAt& numbersAt,
                                                const Range& range, int points = 121, int binCount = 15);

} // namespace finescope::figure
