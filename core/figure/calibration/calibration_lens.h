#pragma once

#include "core/analysis/calibration/calibration_intervals.h"
#include "core/analysis/calibration/paired_bootstrap.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/figure.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// A run under the lens: its logits at one temperature. The data outlive it.
struct LensEntry {
    std::string name{};
    Style style{};
    const analysis::CalibrationData* data = nullptr;
    double temperature = 1;
};

/// What the lens needs of runs, and the entries that look at it; may be moved, not copied.
struct Lens {
    std::vector<analysis::CalibrationData> data{};
    std::vector<LensEntry> entries{};
    Lens() = default;
    Lens(Lens&&) = default;
    Lens& operator=(Lens&&) = default;
};

/// Reads runs in the order of legends, each at `temperature` ("fitted": its own). Split, epoch and `fitOn` as
/// in analysis::readCalibration(). A run for which that throws, or that has nothing to fit a temperature on
/// that is to be fitted, goes to `problems`; without them the error passes.
[[nodiscard]] Lens readLens(std::span<const record::Run> runs, const std::string& split,
                            const TemperatureChoice& temperature,
                            std::optional<record::EpochKey> key = std::nullopt, const std::string& fitOn = {},
                            Problems* problems = nullptr);

/// "Before and after": for each run ECE, MCE, NLL, Brier score and accuracy at T = 1 and at its temperature,
/// the change, and the interval of the change (paired_bootstrap.h); ECE, MCE and accuracy in percent. O(N
/// resamples) a run. Throws Error{cancelled} when `bootstrap` is stopped. definitions.md, Change of a number.
[[nodiscard]] Table beforeAfterTable(std::span<const LensEntry> entries, int binCount = 15,
                                     const analysis::PairedBootstrapOptions& bootstrap = {});

/// "The same predictions under every convention": a row for each convention, for each run its ECE and MCE in
/// percent, and what the convention does at the edges of bins. Where a run has two classes, two rows for
/// those that are called in two ways: top label and second class. definitions.md, Conventions of other tools.
[[nodiscard]] Table conventionTable(std::span<const LensEntry> entries, int binCount = 15);

/// A row for each run: ECE with the bootstrap interval and with what a calibrated model of the same
/// confidences would show, in its parts of over- and under-confidence, of equal mass, class-wise and smooth,
/// and the debiased L2 error; percent. O(N replicates) a run. Throws Error{cancelled} when
/// `resampling` is stopped. definitions.md, Calibration.
[[nodiscard]] Table measureTable(std::span<const LensEntry> entries, int binCount = 15,
                                 const analysis::Resampling& resampling = {});

/// A row for each class of each run: its rows, how often it is predicted and the ECE of its probability, in
/// percent. definitions.md, Class-wise error.
[[nodiscard]] Table classTable(std::span<const LensEntry> entries, int binCount = 15);

/// A row for each run: the bin that makes the MCE, its rows by number (the first twenty), accuracy and mean
/// confidence in percent.
[[nodiscard]] Table worstBinTable(std::span<const LensEntry> entries, int binCount = 15);

/// ECE over the number of equal-width bins, 5 to 50, a line for each run; `binCount` is marked.
[[nodiscard]] Figure binStabilityFigure(std::span<const LensEntry> entries, int binCount = 15);

} // namespace finescope::figure
