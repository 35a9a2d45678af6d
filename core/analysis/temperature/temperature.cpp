#include "core/analysis/temperature/temperature.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/compute/exact_sum.h"
#include "core/analysis/compute/validation.h"
#include "core/analysis/temperature/temperature_objective.h"

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

namespace {

/// True when every row gives all classes the same logit: the NLL is ln C whatever the temperature.
bool isFlat(const MatrixViewF& logits) {
    return (logits.rowwise().maxCoeff().array() == logits.rowwise().minCoeff().array()).all();
}

bool isSeparable(const MatrixViewF& logits, const Labels& labels) {
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        if (logits(row, label) < logits.row(row).maxCoeff()) {
            return false;
        }
    }
    return true;
}

/// Whether the labels' logits are on average no larger than those of all classes: then the NLL, which is
/// convex in 1/T, is least at 1/T = 0. Where they are equal, as logits of 0 and 1 may be, rounding must not
/// decide.
bool isUninformative(const MatrixViewF& logits, const Labels& labels) {
    constexpr double kCertain = 1e-9; // of the terms' sizes: far above what rounding adds to a sum of doubles
    const auto classes = static_cast<double>(logits.cols());
    const auto labelOf = [&](Eigen::Index row) {
        return static_cast<double>(logits(row, labels[static_cast<std::size_t>(row)]));
    };
    double sum = 0;
    double sizes = 0;
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        const auto values = logits.row(row).cast<double>();
        sum += values.sum() - classes * labelOf(row);
        sizes += values.cwiseAbs().sum() + classes * std::abs(labelOf(row));
    }
    if (std::abs(sum) > kCertain * sizes) {
        return sum > 0;
    }
    ExactSum exact;
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        for (Eigen::Index column = 0; column < logits.cols(); ++column) {
            exact.add(static_cast<double>(logits(row, column)));
        }
        exact.add(-classes * labelOf(row));
    }
    return exact.sign() >= 0;
}

} // namespace

FittedTemperature fitTemperature(const MatrixViewF& logits, const Labels& labels) {
    requireLogitsAndLabels(logits, labels);
    const auto result = [&](double temperature, TemperatureCase why) {
        const bool atBound = why != TemperatureCase::minimum && why != TemperatureCase::constant;
        return FittedTemperature{temperature, atBound, -logLikelihood(logits, labels, temperature).mean(),
                                 why};
    };
    if (isFlat(logits)) {
        return result(1.0, TemperatureCase::constant);
    }

    if (isUninformative(logits, labels)) {
        return result(kLargestTemperature, TemperatureCase::uninformative);
    }

    double low = 1 / kLargestTemperature;
    double high = 1 / kSmallestTemperature;
    // At the sharp end the slope is exactly 0 once all other exponentials have vanished: still no minimum
    // inside.
    if (temperatureObjective(logits, labels, high).slope <= 0) {
        return result(kSmallestTemperature,
                      isSeparable(logits, labels) ? TemperatureCase::separable : TemperatureCase::below);
    }
    if (temperatureObjective(logits, labels, low).slope >= 0) {
        return result(kLargestTemperature, TemperatureCase::above);
    }

    const double range =
        static_cast<double>((logits.rowwise().maxCoeff() - logits.rowwise().minCoeff()).maxCoeff());
    double beta = 1;
    for (int iteration = 0; iteration < 200; ++iteration) {
        const TemperatureObjective at = temperatureObjective(logits, labels, beta);
        if (at.slope == 0) {
            break;
        }
        (at.slope > 0 ? high : low) = beta;
        const double step = at.slope / at.curvature;
        double next = beta - step;
        // The third derivative is at most the range of the logits times the second: Newton's next step is at
        // most half the range times this one squared. Below rounding there is none to take; many rows round
        // so coarsely that the steps themselves never get that small.
        if (0.5 * range * step * step <= 1e-16 * beta) {
            beta = std::clamp(next, low, high);
            break;
        }
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
    return result(1 / beta, TemperatureCase::minimum);
}

std::string inWords(TemperatureCase why) {
    switch (why) {
    case TemperatureCase::minimum:
        return {};
    case TemperatureCase::separable:
        return "the NLL falls for ever as T goes to 0, because no row gives another class more than its "
               "label";
    case TemperatureCase::below:
        return "the NLL is least below T = 0.01, because the logits of a row hardly differ";
    case TemperatureCase::uninformative:
        return "the NLL falls for ever as T grows, because the logits of the labels are on average no larger "
               "than those of the other classes";
    case TemperatureCase::above:
        return "the NLL is least above T = 1000, because the logits are so large";
    case TemperatureCase::constant:
        break;
    }
    return "the NLL is the same at every T, because each row gives all classes the same logit";
}

double equivalentClassifierNorm(double norm, double temperature) {
    requireTemperature(temperature);
    return norm / temperature;
}

} // namespace finescope::analysis
