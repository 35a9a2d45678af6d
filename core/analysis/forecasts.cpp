#include "core/analysis/forecasts.h"

#include "core/analysis/softmax_row.h"
#include "core/analysis/validation.h"
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
    SoftmaxRow softmax(logits.cols());
    for (Eigen::Index row = 0; row < logits.rows(); ++row) {
        softmax.set(logits.row(row), temperature);
        result.confidence.push_back(softmax.probabilities()(softmax.predicted()));
        result.right.push_back(softmax.predicted() == labels[static_cast<std::size_t>(row)] ? 1 : 0);
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
