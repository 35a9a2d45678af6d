#pragma once

#include "core/analysis/calibration/forecasts.h"

namespace finescope::analysis {

/// A calibration error without bins: the residual conf - right, smoothed over confidences by a Gaussian that
/// is reflected at 0 and 1, in absolute value, averaged over the confidences, which are smoothed alike. The
/// bandwidth is where error and bandwidth meet, so that nothing is chosen.
struct SmoothCalibration {
    double error = 0;     ///< smooth ECE, in [0, 1]
    double bandwidth = 1; ///< of the Gaussian, in (0, 1], a multiple of 1/1024
};

/// Computed as relplot 1.0.3 does: on grids that become finer as the bandwidth becomes smaller, which is
/// found by bisection in ten steps. O(N) and the grids. Refuses what requireForecasts() refuses. Source:
/// Blasiok and Nakkiran 2023, "Smooth ECE"; apple/ml-calibration, smECE.
[[nodiscard]] SmoothCalibration smoothCalibration(const Forecasts& forecasts);

} // namespace finescope::analysis
