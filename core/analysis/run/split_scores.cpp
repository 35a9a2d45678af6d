#include "core/analysis/run/split_scores.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/statistics/matthews.h"

namespace finescope::analysis {

double splitScore(const MatrixViewF& logits, const Labels& labels, TaskMetric metric) {
    const Labels predicted = argmax(logits);
    if (metric == TaskMetric::matthews) {
        return matthewsCorrelation(predicted, labels, static_cast<int>(logits.cols()));
    }
    std::int64_t right = 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        right += predicted[row] == labels[row] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

} // namespace finescope::analysis
