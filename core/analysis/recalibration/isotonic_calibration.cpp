#include "core/analysis/recalibration/isotonic_calibration.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <string>

namespace finescope::analysis {

namespace {

constexpr double kNothing = 1e-300; // what the exponentials of far smaller logits may leave by rounding

std::span<const double> spanOf(const VectorD& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

} // namespace

IsotonicCalibration fitIsotonicCalibration(const MatrixViewF& logits, const Labels& labels,
                                           const WorkHooks& hooks) {
    requireLogitsAndLabels(logits, labels);
    const MatrixD probabilities = softmax(logits);
    IsotonicCalibration calibration;
    std::vector<double> target(labels.size());
    for (Eigen::Index label = logits.cols() == 2 ? 1 : 0; label < logits.cols(); ++label) {
        throwIfCancelled(hooks, "isotonic regression");
        for (std::size_t row = 0; row < labels.size(); ++row) {
            target[row] = labels[row] == label ? 1 : 0;
        }
        const VectorD column = probabilities.col(label);
        calibration.classes.push_back(fitIsotonic(spanOf(column), target));
        reportProgress(hooks, static_cast<int>(label) + 1, static_cast<int>(logits.cols()));
    }
    return calibration;
}

MatrixD calibratedProbabilities(const IsotonicCalibration& calibration, const MatrixViewF& logits) {
    const auto fitted = static_cast<Eigen::Index>(calibration.classes.size());
    const bool binary = fitted == 1 && logits.cols() == 2;
    if (!binary && fitted != logits.cols()) {
        throw Error(ErrorKind::badInput, "isotonic regression was fitted on " + std::to_string(fitted) +
                                             " classes, but these logits have " +
                                             std::to_string(logits.cols()) + ": use splits of one task");
    }
    MatrixD probabilities = softmax(logits);
    if (binary) {
        for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
            const double second = calibration.classes.front().at(probabilities(row, 1));
            probabilities.row(row) << 1 - second, second;
        }
        return probabilities;
    }
    for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
        for (Eigen::Index label = 0; label < fitted; ++label) {
            double& value = probabilities(row, label);
            value = calibration.classes[static_cast<std::size_t>(label)].at(value);
        }
        const double sum = probabilities.row(row).sum();
        if (sum > 0) {
            probabilities.row(row) /= sum;
        } else {
            probabilities.row(row).setConstant(1 / static_cast<double>(fitted));
        }
    }
    return probabilities;
}

IsotonicFunction fitTopLabelIsotonic(const MatrixViewF& logits, const Labels& labels) {
    requireLogitsAndLabels(logits, labels);
    const VectorD confidence = softmax(logits).rowwise().maxCoeff();
    const Labels predicted = argmax(logits);
    std::vector<double> right(labels.size());
    for (std::size_t row = 0; row < labels.size(); ++row) {
        right[row] = predicted[row] == labels[row] ? 1 : 0;
    }
    return fitIsotonic(spanOf(confidence), right);
}

MatrixD topLabelProbabilities(const IsotonicFunction& function, const MatrixViewF& logits) {
    MatrixD probabilities = softmax(logits);
    const Labels predicted = argmax(logits);
    for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
        const auto top = static_cast<Eigen::Index>(predicted[static_cast<std::size_t>(row)]);
        const double confidence = function.at(probabilities(row, top));
        probabilities(row, top) = 0;
        const double rest = probabilities.row(row).sum();
        if (rest > kNothing) {
            probabilities.row(row) *= (1 - confidence) / rest;
        } else if (probabilities.cols() > 1) {
            probabilities.row(row).setConstant((1 - confidence) /
                                               static_cast<double>(probabilities.cols() - 1));
        }
        probabilities(row, top) = confidence;
    }
    return probabilities;
}

} // namespace finescope::analysis
