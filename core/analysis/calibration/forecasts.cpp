#include "core/analysis/calibration/forecasts.h"

#include "core/analysis/calibration/exact_kernel.h"
#include "core/analysis/calibration/softmax_row.h"
#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <algorithm>
#include <string>

namespace finescope::analysis {

Forecasts topLabelForecasts(const MatrixViewF& logits, const Labels& labels, double temperature) {
    requireTemperature(temperature);
    requireLogitsAndLabels(logits, labels);
    Forecasts result;
    result.confidence.reserve(labels.size());
    result.right.reserve(labels.size());
    forEachExactRow(logits, labels, temperature, [&](const ExactRow& row) {
        result.confidence.push_back(row.confidence);
        result.right.push_back(row.right ? 1 : 0);
    });
    return result;
}

Forecasts classForecasts(const MatrixViewF& logits, const Labels& labels, std::int64_t label,
                         double temperature) {
    requireTemperature(temperature);
    requireLogitsAndLabels(logits, labels);
    if (label < 0 || label >= logits.cols()) {
        throw Error(ErrorKind::badInput, "there is no class " + std::to_string(label) +
                                             ": the logits are of classes 0 to " +
                                             std::to_string(logits.cols() - 1));
    }
    Forecasts result;
    result.confidence.reserve(labels.size());
    result.right.reserve(labels.size());
    SoftmaxRow softmax(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        softmax.set(logits.row(row), temperature);
        result.confidence.push_back(softmax.probabilities()(label));
        result.right.push_back(labels[static_cast<std::size_t>(row)] == label ? 1 : 0);
    }
    return result;
}

void requireForecasts(const Forecasts& forecasts) {
    if (forecasts.right.size() != forecasts.confidence.size()) {
        throw Error(ErrorKind::badInput, "there are " + std::to_string(forecasts.confidence.size()) +
                                             " confidences but " + std::to_string(forecasts.right.size()) +
                                             " outcomes: give one outcome for each");
    }
    requireConfidences(forecasts.confidence);
    if (!std::ranges::all_of(forecasts.right, [](std::uint8_t outcome) { return outcome <= 1; })) {
        throw Error(ErrorKind::badInput, "outcomes of forecasts must be 0 or 1");
    }
}

} // namespace finescope::analysis
