#include "core/figure/chart/curve_options.h"

namespace finescope::figure {

CurveOptions curveOptions(const FigureRequest& request) {
    return {.xAxis = request.xAxis,
            .origin = request.origin,
            .xScale = scaleOf(request.logX),
            .yScale = scaleOf(request.logY),
            .grouping = request.grouping,
            .spread = request.spread,
            .smoothing = request.smoothing};
}

} // namespace finescope::figure
