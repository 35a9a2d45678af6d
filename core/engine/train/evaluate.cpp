#include "core/engine/train/evaluate.h"

#include "core/analysis/softmax.h"
#include "core/error.h"

#include <cmath>

namespace finescope::engine {

namespace {

// Large enough for full matrix products, small enough for 512 tokens of a large encoder.
constexpr std::int64_t kEvaluationBatch = 32;

double matthewsCorrelation(const Labels& predicted, const Labels& labels, Eigen::Index classes) {
    VectorD predictedCount = VectorD::Zero(classes), trueCount = VectorD::Zero(classes);
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        predictedCount[predicted[i]] += 1;
        trueCount[labels[i]] += 1;
        right += predicted[i] == labels[i] ? 1 : 0;
    }
    const auto n = static_cast<double>(labels.size());
    const double covariance = right * n - predictedCount.dot(trueCount);
    const double scale =
        std::sqrt(n * n - predictedCount.squaredNorm()) * std::sqrt(n * n - trueCount.squaredNorm());
    return scale > 0 ? covariance / scale : 0;
}

} // namespace

MatrixF extractFeatures(TunedModel& model, const EncodedSplit& split, const EvaluationHooks& hooks) {
    const torch::NoGradGuard noGrad;
    model.setTraining(false);
    MatrixF features(split.rows(), model.encoder->config.hiddenSize);
    for (const std::vector<std::int64_t>& rows : cutIntoBatches(rowsByLength(split), kEvaluationBatch)) {
        if (hooks.stop.stop_requested()) {
            throw Error(ErrorKind::cancelled, "cancelled");
        }
        const MatrixF part =
            toMatrix(model.features(collate(split, rows, model.encoder->config.padId, model.device)));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            features.row(rows[i]) = part.row(static_cast<Eigen::Index>(i));
        }
        if (hooks.onBatch) {
            hooks.onBatch(static_cast<std::int64_t>(rows.size()));
        }
    }
    if (!features.allFinite()) {
        throw Error(ErrorKind::numeric,
                    "the features of split " + split.name +
                        " are not finite: the model has diverged or its weights are damaged");
    }
    return features;
}

MatrixF headLogits(const MatrixViewF& features, const MatrixViewF& weight, const VectorF& bias) {
    const MatrixD logits = (features.cast<double>() * weight.cast<double>().transpose()).rowwise() +
                           bias.cast<double>().transpose();
    return logits.cast<float>();
}

Scores score(const MatrixViewF& logits, const Labels& labels) {
    const Labels predicted = analysis::argmax(logits);
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        right += predicted[i] == labels[i] ? 1 : 0;
    }
    return {-analysis::logLikelihood(logits, labels).mean(), right / static_cast<double>(labels.size()),
            matthewsCorrelation(predicted, labels, logits.cols())};
}

} // namespace finescope::engine
