#pragma once

#include "core/analysis/run/calibration_data.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/choices.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What the fitted temperature suffers from, as sentences without the last end: that it was fitted on the
/// rows it is applied to (definitions.md, Fitted temperature), or is no minimum. "" if nothing, or if there
/// is none.
[[nodiscard]] std::string fitCaution(const analysis::CalibrationData& data);

/// The temperature that `choice` means for a run. Throws Error{badInput} naming the file if it is to be the
/// fitted one and there was nothing to fit it on.
[[nodiscard]] double chosenTemperature(const record::Run& run, const analysis::CalibrationData& data,
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
[[nodiscard]] Range temperatureRange(std::span<const analysis::CalibrationData> data);

/// ECE, MCE, NLL and Brier score of `data` at `points` temperatures, equally spaced in the logarithm from
/// `low` to `high`, by reliability(): O(points N C). Without name and style.
[[nodiscard]] TemperatureCurve temperatureCurve(const analysis::CalibrationData& data, double low = 0.05,
                                                double high = 20, int points = 121, int binCount = 15);

/// The numbers at a temperature, by whatever path.
using NumbersAt = std::function<analysis::Reliability(double temperature)>;

/// The same with the curves by `numbersAt`, as SliderTable::at() for the screen; the optimum is exact.
[[nodiscard]] TemperatureCurve temperatureCurve(const analysis::CalibrationData& data,
                                                const NumbersAt& numbersAt, const Range& range,
                                                int points = 121, int binCount = 15);

} // namespace finescope::figure
