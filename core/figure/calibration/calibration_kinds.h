#pragma once

#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>
#include <string>

/// Kinds of figure of the calibration of runs, read from their files.
namespace finescope::figure {

/// The split asked for; the default one of the first run, so that all runs show the same; "" without either.
[[nodiscard]] std::string calibrationSplit(const FigureRequest& request, std::span<const record::Run> runs);

/// reliabilityFigure() laid out for the width of the request.
[[nodiscard]] Figure buildReliability(const FigureRequest& request, std::span<const record::Run> runs,
                                      Problems& problems);
/// temperatureCurveFigure() of exact curves.
[[nodiscard]] Figure buildTemperatureCurves(const FigureRequest& request, std::span<const record::Run> runs,
                                            Problems& problems);
/// binStabilityFigure() at the temperature of the request.
[[nodiscard]] Figure buildBinStability(const FigureRequest& request, std::span<const record::Run> runs,
                                       Problems& problems);

} // namespace finescope::figure
