#include "core/analysis/calibration/cross_entropy.h"

#include <cmath>

namespace finescope::analysis {

namespace {

/// Turns one row of scores into probabilities; returns -ln p of the label.
template <typename Row>
double softmaxRow(Row values, Eigen::Index label) {
    values -= values.maxCoeff();
    const double own = values(label);
    values = values.exp();
    const double ofLabel = values(label);
    values(label) = 0;
    const double others = values.sum();
    values(label) = ofLabel;
    values /= others + ofLabel;
    return own == 0 ? std::log1p(others) : std::log(others + ofLabel) - own;
}

} // namespace

double softmaxInPlace(Eigen::Ref<MatrixD> scores, std::span<const std::int64_t> labels) {
    double loss = 0;
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        loss += softmaxRow(scores.row(row).array(), labels[static_cast<std::size_t>(row)]);
    }
    return loss;
}

void subtractLabels(Eigen::Ref<MatrixD> probabilities, std::span<const std::int64_t> labels) {
    for (Eigen::Index row = 0; row < probabilities.rows(); ++row) {
        auto values = probabilities.row(row);
        double& own = values(labels[static_cast<std::size_t>(row)]);
        own = 0;
        own = -values.sum();
    }
}

void changeProbabilities(const Eigen::Ref<const MatrixD>& probabilities, Eigen::Ref<MatrixD> changes) {
    for (Eigen::Index row = 0; row < changes.rows(); ++row) {
        const auto p = probabilities.row(row).array();
        auto change = changes.row(row).array();
        Eigen::Index likeliest = 0;
        p.maxCoeff(&likeliest);
        change -= change(likeliest);
        change = p * (change - (p * change).sum());
        change(likeliest) = 0;
        change(likeliest) = -change.sum();
    }
}

AlongLine crossEntropyAlong(Eigen::Ref<MatrixD> scores, const Eigen::Ref<const MatrixD>& changes,
                            std::span<const std::int64_t> labels) {
    AlongLine line;
    Eigen::ArrayXd change(scores.cols());
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(row)]);
        line.value += softmaxRow(scores.row(row).array(), label);
        const auto p = scores.row(row).transpose().array();
        change = changes.row(row).transpose().array();
        change -= change(label);
        const double mean = (p * change).sum();
        line.slope += mean;
        line.curvature += (p * (change - mean).square()).sum();
    }
    return line;
}

} // namespace finescope::analysis
