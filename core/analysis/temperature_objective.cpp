#include "core/analysis/temperature_objective.h"

#include <cmath>

namespace finescope::analysis {

TemperatureObjective temperatureObjective(const MatrixViewF& logits, const Labels& labels, double beta) {
    TemperatureObjective result;
    Eigen::ArrayXd shifted(logits.cols());
    Eigen::ArrayXd weights(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        shifted = logits.row(row).cast<double>().transpose().array();
        // The end of the row with the largest exponent becomes 0, so that nothing overflows.
        shifted -= beta >= 0 ? shifted.maxCoeff() : shifted.minCoeff();
        weights = (shifted * beta).exp();
        const double sum = weights.sum();
        const double mean = (weights * shifted).sum() / sum;
        const double label = shifted(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
        result.nll += std::log(sum) - beta * label;
        result.slope += mean - label;
        result.curvature += (weights * (shifted - mean).square()).sum() / sum;
    }
    const auto rows = static_cast<double>(logits.rows());
    result.nll /= rows;
    result.slope /= rows;
    result.curvature /= rows;
    return result;
}

} // namespace finescope::analysis
