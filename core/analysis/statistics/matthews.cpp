#include "core/analysis/statistics/matthews.h"

#include "core/error.h"

#include <cmath>
#include <string>

namespace finescope::analysis {

double matthewsCorrelation(const Labels& predicted, const Labels& labels, int classes) {
    if (predicted.size() != labels.size() || labels.empty() || classes < 1) {
        throw Error(ErrorKind::badInput,
                    "Matthews correlation needs as many predictions as labels and at least one, got " +
                        std::to_string(predicted.size()) + " and " + std::to_string(labels.size()));
    }
    VectorD predictedCounts = VectorD::Zero(classes);
    VectorD labelCounts = VectorD::Zero(classes);
    double right = 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        if (predicted[row] < 0 || predicted[row] >= classes || labels[row] < 0 || labels[row] >= classes) {
            throw Error(ErrorKind::badInput, "Matthews correlation: row " + std::to_string(row) +
                                                 " has a class outside 0.." + std::to_string(classes - 1));
        }
        predictedCounts(predicted[row]) += 1;
        labelCounts(labels[row]) += 1;
        right += predicted[row] == labels[row] ? 1 : 0;
    }
    // Counts are exact in double, so "undefined" is exactly zero.
    const auto total = static_cast<double>(labels.size());
    const double covariance = right * total - predictedCounts.dot(labelCounts);
    const double ofPredictions = total * total - predictedCounts.squaredNorm();
    const double ofLabels = total * total - labelCounts.squaredNorm();
    if (ofPredictions == 0 || ofLabels == 0) {
        return 0;
    }
    return covariance / (std::sqrt(ofPredictions) * std::sqrt(ofLabels));
}

} // namespace finescope::analysis
