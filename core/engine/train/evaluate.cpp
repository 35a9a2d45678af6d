#include "core/engine/train/evaluate.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/statistics/matthews.h"
#include "core/engine/workers.h"
#include "core/error.h"

#include <mutex>

namespace finescope::engine {

namespace {

// Large enough for full matrix products, small enough for 512 tokens of a large encoder.
constexpr std::int64_t kEvaluationBatch = 32;

} // namespace

MatrixF extractFeatures(TunedModel& model, const EncodedSplit& split, const EvaluationHooks& hooks) {
    MatrixF features(split.rows(), model.encoder->config.hiddenSize);
    const std::vector<std::vector<std::int64_t>> batches =
        cutIntoBatches(rowsByLength(split), kEvaluationBatch);
    std::mutex told;
    analysis::forEachTask(
        batches.size(), model.workers,
        [&](std::size_t, std::size_t task) {
            const torch::NoGradGuard noGrad;
            const std::vector<std::int64_t>& rows = batches[task];
            const MatrixF part =
                toMatrix(model.features(collate(split, rows, model.encoder->config.padId, model.device)));
            for (std::size_t i = 0; i < rows.size(); ++i) {
                features.row(rows[i]) = part.row(static_cast<Eigen::Index>(i));
            }
            if (hooks.onBatch) {
                const std::lock_guard guard(told);
                hooks.onBatch(static_cast<std::int64_t>(rows.size()));
            }
        },
        torchWorkers(hooks.stop));
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
            analysis::matthewsCorrelation(predicted, labels, static_cast<int>(logits.cols()))};
}

} // namespace finescope::engine
