#include "core/engine/train/probe.h"

#include "core/engine/random_stream.h"

namespace finescope::engine {

ProbedHead probeHead(const MatrixF& features, const Labels& labels, int classes, ProbeHead kind,
                     std::uint64_t seed, const ProbeHooks& hooks) {
    RandomBits bits(seed);
    const std::vector<std::int64_t> order = shuffledRows(features.rows(), bits);
    MatrixF rows(features.rows(), features.cols());
    Labels rowLabels(labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        rows.row(static_cast<Eigen::Index>(i)) = features.row(order[i]);
        rowLabels[i] = labels[static_cast<std::size_t>(order[i])];
    }

    constexpr int kFolds = 5;
    analysis::LogisticOptions options;
    options.stop = hooks.stop;
    ProbedHead head;
    const std::vector<double> strengths = analysis::logisticStrengths();
    head.choice =
        analysis::crossValidateLogistic(rows, rowLabels, classes, strengths, kFolds, options, hooks.onFit);

    // The authors' code takes half of the solver's binary coefficients as each class's row: half of the
    // optimum.
    const double scale = kind == ProbeHead::paper && classes == 2 ? 0.5 : 1.0;
    if (hooks.onIteration) {
        options.onIteration = [&](const analysis::LogisticIteration& at) {
            hooks.onIteration({at.iteration, (scale * at.weight).cast<float>(),
                               (scale * at.bias).cast<float>(), at.gradientNorm});
        };
    }
    const analysis::LogisticFit fit =
        analysis::fitLogistic(rows, rowLabels, classes, head.choice.chosen, options);
    head.weight = (scale * fit.weight).cast<float>();
    head.bias = (scale * fit.bias).cast<float>();
    head.objective = fit.objective;
    head.relativeGradientNorm = fit.relativeGradientNorm;
    head.iterations = fit.iterations;
    return head;
}

} // namespace finescope::engine
