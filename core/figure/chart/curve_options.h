#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"

namespace finescope::figure {

/// How curves over training are drawn.
struct CurveOptions {
    XAxis xAxis = XAxis::epochs;
    Origin origin = Origin::fineTuning; ///< a logarithmic x axis counts from the start of the run
    Scale xScale = Scale::linear, yScale = Scale::linear;
    Grouping grouping = Grouping::runs;
    analysis::Spread spread = analysis::Spread::tInterval95;
    /// Weight of a moving average, 0 (off) to 0.99: smoothed curves, named so in the legend, before what was
    /// recorded drawn faintly. Each stage by itself; the right axis never.
    double smoothing = 0;
};

/// The options that a request asks for.
[[nodiscard]] CurveOptions curveOptions(const FigureRequest& request);

} // namespace finescope::figure
