#include "core/analysis/calibration/row_scores.h"

#include "core/analysis/calibration/exact_kernel.h"
#include "core/analysis/calibration/reliability_sums.h"
#include "core/analysis/compute/validation.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

namespace finescope::analysis {

namespace {

constexpr Eigen::Index kBlock = 4096; // rows whose probabilities are held at a time
constexpr double kSumTolerance = 1e-6;

void addRow(RowScores& scores, const Eigen::Ref<const Eigen::RowVectorXd>& probabilities,
            std::int64_t predicted, std::int64_t label, double nll) {
    const auto at = static_cast<Eigen::Index>(label);
    const double own = probabilities(at);
    scores.confidence.push_back(probabilities(static_cast<Eigen::Index>(predicted)));
    scores.nll.push_back(nll);
    scores.brier.push_back(probabilities.squaredNorm() - own * own + (own - 1) * (own - 1));
    scores.right.push_back(predicted == label ? 1 : 0);
}

/// Rows of scores whose largest is 0.
void addSoftmaxRows(RowScores& scores, MatrixD& shifted, std::span<const std::int64_t> labels) {
    const Labels predicted = predictionsOf(shifted);
    for (Eigen::Index row = 0; row < shifted.rows(); ++row) {
        const auto index = static_cast<std::size_t>(row);
        const double label = shifted(row, static_cast<Eigen::Index>(labels[index]));
        auto values = shifted.row(row).array();
        values = values.exp();
        const double sum = values.sum();
        values /= sum;
        addRow(scores, shifted.row(row), predicted[index], labels[index], std::log(sum) - label);
    }
}

void requireProbabilities(const MatrixViewD& probabilities) {
    for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
        const auto values = probabilities.row(row);
        if (!values.allFinite() || values.minCoeff() < 0 || std::abs(values.sum() - 1) > kSumTolerance) {
            throw Error(ErrorKind::badInput, "row " + std::to_string(row) +
                                                 " does not hold probabilities: expected numbers from 0 to 1 "
                                                 "whose sum is 1");
        }
    }
}

} // namespace

RowScores rowScores(const MatrixViewF& logits, const Labels& labels, double temperature) {
    requireTemperature(temperature);
    requireLogitsAndLabels(logits, labels);
    RowScores scores;
    forEachExactRow(logits, labels, temperature, [&](const ExactRow& row) {
        scores.confidence.push_back(row.confidence);
        scores.nll.push_back(row.nll);
        scores.brier.push_back(row.brier);
        scores.right.push_back(row.right ? 1 : 0);
    });
    return scores;
}

RowScores rowScores(const MatrixViewD& scores, const Labels& labels) {
    RowScores result;
    for (Eigen::Index first = 0; first < scores.rows(); first += kBlock) {
        MatrixD block = scores.middleRows(first, std::min(kBlock, scores.rows() - first));
        block.colwise() -= block.rowwise().maxCoeff().eval();
        addSoftmaxRows(result, block, {labels.begin() + first, labels.begin() + first + block.rows()});
    }
    return result;
}

RowScores probabilityScores(const MatrixViewD& probabilities, const Labels& predicted, const Labels& labels) {
    requireLabels(labels, probabilities.rows(), probabilities.cols(), "probabilities");
    requireLabels(predicted, probabilities.rows(), probabilities.cols(), "probabilities");
    requireProbabilities(probabilities);
    RowScores scores;
    for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
        const auto index = static_cast<std::size_t>(row);
        const double own = probabilities(row, static_cast<Eigen::Index>(labels[index]));
        addRow(scores, probabilities.row(row), predicted[index], labels[index], -std::log(own));
    }
    return scores;
}

Reliability reliability(const RowScores& scores, int binCount, double temperature) {
    if (scores.size() == 0) {
        throw Error(ErrorKind::badInput, "there are no predictions: expected at least one row");
    }
    const ConfidenceBins edges(binCount);
    ReliabilitySums sums;
    sums.bins.resize(edges.count());
    sums.count = static_cast<std::int64_t>(scores.size());
    for (std::size_t row = 0; row < scores.size(); ++row) {
        sums.bins[edges.indexOf(scores.confidence[row])].add(scores.confidence[row], scores.right[row] != 0);
        sums.nll += scores.nll[row];
        sums.brier += scores.brier[row];
    }
    return sums.finish(edges, temperature);
}

Labels predictionsOf(const MatrixViewD& values) {
    Labels result;
    result.reserve(static_cast<std::size_t>(values.rows()));
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
        Eigen::Index best = 0;
        for (Eigen::Index column = 1; column < values.cols(); ++column) {
            if (values(row, column) > values(row, best)) {
                best = column;
            }
        }
        result.push_back(best);
    }
    return result;
}

} // namespace finescope::analysis
