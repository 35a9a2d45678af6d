#include "core/analysis/calibration/softmax.h"

#include "core/analysis/calibration/softmax_row.h"
#include "core/analysis/compute/validation.h"

#include <cmath>

namespace finescope::analysis {

MatrixD softmax(const MatrixViewF& logits, double temperature) {
    requireTemperature(temperature);
    MatrixD probabilities(logits.rows(), logits.cols());
    SoftmaxRow softmaxRow(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        softmaxRow.set(logits.row(row), temperature);
        probabilities.row(row) = softmaxRow.probabilities().transpose();
    }
    return probabilities;
}

VectorD logLikelihood(const MatrixViewF& logits, const Labels& labels, double temperature) {
    requireTemperature(temperature);
    VectorD result(logits.rows());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        Eigen::ArrayXd scaled = logits.row(row).cast<double>().transpose().array();
        // Subtracted before the division: at a temperature near 0 the quotients themselves may overflow.
        scaled = (scaled - scaled.maxCoeff()) / temperature;
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        result(row) = scaled(label) - std::log(scaled.exp().sum());
    }
    return result;
}

Labels argmax(const MatrixViewF& logits) {
    Labels result(static_cast<std::size_t>(logits.rows()));
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        Eigen::Index best = 0;
        for (Eigen::Index column = 1; column < logits.cols(); ++column) {
            if (logits(row, column) > logits(row, best)) {
                best = column;
            }
        }
        result[static_cast<std::size_t>(row)] = best;
    }
    return result;
}

} // namespace finescope::analysis
