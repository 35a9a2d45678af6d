#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// The mean NLL of softmax(beta z) and its first two derivatives by beta = 1/T: mean(ln sum_c exp(beta z_c) -
/// beta z_y), mean(E_p[z] - z_y) and mean(Var_p[z]), the last never negative: the NLL is convex in beta.
struct TemperatureObjective {
    double nll = 0; ///< nats
    double slope = 0, curvature = 0;
};

/// In one pass over the rows, in double precision. logits [N, C], labels [N], both checked by the caller; any
/// finite beta; negative ones turn the order of the classes round. definitions.md, Fitted temperature.
[[nodiscard]] TemperatureObjective temperatureObjective(const MatrixViewF& logits, const Labels& labels,
                                                        double beta);

} // namespace finescope::analysis
