#include "core/analysis/temperature.h"

#include "core/analysis/softmax.h"
#include "core/analysis/validation.h"

#include <cmath>

namespace finescope::analysis {

namespace {

/// First and second derivative of the mean NLL of softmax(beta z) by beta: mean(E_p[z] - z_y) and
/// mean(Var_p[z]).
struct Slope {
    double first = 0, second = 0;
};

Slope slopeAt(const MatrixViewF& logits, const Labels& labels, double beta) {
    Slope slope;
    Eigen::ArrayXd shifted(logits.cols());
    Eigen::ArrayXd weights(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        shifted = logits.row(row).cast<double>().transpose().array();
        shifted -= shifted.maxCoeff();
        weights = (shifted * beta).exp();
        const double sum = weights.sum();
        const double mean = (weights * shifted).sum() / sum;
        slope.first += mean - shifted(static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]));
        slope.second += (weights * (shifted - mean).square()).sum() / sum;
    }
    slope.first /= static_cast<double>(logits.rows());
    slope.second /= static_cast<double>(logits.rows());
    return slope;
}

/// True when every row gives all classes the same logit: the NLL is ln C whatever the temperature.
bool isFlat(const MatrixViewF& logits) {
    return (logits.rowwise().maxCoeff().array() == logits.rowwise().minCoeff().array()).all();
}

} // namespace

FittedTemperature fitTemperature(const MatrixViewF& logits, const Labels& labels) {
    requireLogitsAndLabels(logits, labels);
    const auto result = [&](double temperature, bool atBound) {
        return FittedTemperature{temperature, atBound, -logLikelihood(logits, labels, temperature).mean()};
    };
    if (isFlat(logits)) {
        return result(1.0, false);
    }

    double low = 1 / kLargestTemperature;
    double high = 1 / kSmallestTemperature;
    // At the sharp end the slope is exactly 0 once all other exponentials have vanished: still no minimum
    // inside.
    if (slopeAt(logits, labels, high).first <= 0) {
        return result(kSmallestTemperature, true);
    }
    if (slopeAt(logits, labels, low).first >= 0) {
        return result(kLargestTemperature, true);
    }

    double beta = 1;
    for (int iteration = 0; iteration < 200; ++iteration) {
        const Slope slope = slopeAt(logits, labels, beta);
        if (slope.first == 0) {
            break;
        }
        (slope.first > 0 ? high : low) = beta;
        double next = beta - slope.first / slope.second;
        // Also catches a vanishing second derivative (next is then infinite or NaN). The range spans five
        // decades, so halving is done in the logarithm.
        if (!(next > low && next < high)) {
            next = std::sqrt(low * high);
        }
        const bool settled = std::abs(next - beta) <= 1e-14 * beta;
        beta = next;
        if (settled) {
            break;
        }
    }
    return result(1 / beta, false);
}

} // namespace finescope::analysis
