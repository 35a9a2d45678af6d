#pragma once

#include "core/analysis/calibration/calibration_intervals.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_view.h"

namespace finescope::figure {

/// The numbers, bins and whiskers of one diagram, without name and style: analysis::reliability() and, where
/// `choice` says otherwise, its bins, ECE and MCE (of two classes in netcal's convention: of the second
/// class); of one class, accuracy is the share of rows of that class, mean confidence its mean probability,
/// and NLL and Brier score are NaN. Throws Error{badInput} for a choice that validate() refuses or a class
/// that there is not, Error{cancelled} when `resampling` is stopped. definitions.md, Calibration.
[[nodiscard]] ReliabilityEntry diagramAt(const analysis::CalibrationData& data, double temperature,
                                         const DiagramChoice& choice,
                                         const analysis::Resampling& resampling = {});

} // namespace finescope::figure
