#include "core/analysis/claims/claim_run.h"

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/feature/feature_change.h"
#include "core/analysis/feature/neighbours.h"
#include "core/analysis/kernel/spectrum.h"
#include "core/analysis/run/calibration_data.h"
#include "core/analysis/run/classifier_norms.h"
#include "core/analysis/run/collapsed_class.h"
#include "core/analysis/run/moved_rows.h"
#include "core/analysis/run/run_traits.h"
#include "core/analysis/run/split_features.h"
#include "core/analysis/run/split_logits.h"
#include "core/analysis/run/split_scores.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace finescope::analysis {

namespace {

using record::EpochKey;
using record::Stage;

std::optional<double> finite(std::optional<double> value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

void describeLogits(ClaimSplit& split, const SplitLogits& read, TaskMetric metric,
                    const std::optional<RunTemperature>& temperature) {
    const auto& [name, key, logits, labels] = read;
    const Reliability plain = reliability(logits, labels);
    split.accuracy = splitScore(logits, labels, TaskMetric::accuracy);
    split.metric = splitScore(logits, labels, metric);
    split.ece = plain.ece;
    split.mce = plain.mce;
    if (temperature && temperature->key == key) {
        const double value = temperature->fitted.value;
        const Reliability fitted = reliability(logits, labels, value);
        // Of the logits themselves divided by T, so that a prediction changed by rounding would be seen.
        split.fittedAccuracy = splitScore(logits / static_cast<float>(value), labels, TaskMetric::accuracy);
        split.fittedEce = fitted.ece;
        split.fittedMce = fitted.mce;
    }
}

void describeNeighbours(ClaimSplit& split, const SplitFeatures& features) {
    const NeighbourNumbers numbers = neighbourNumbers(features.pretrained, features.final, features.labels);
    if (numbers.overlap) { // before and after are compared
        split.neighbourOverlap = numbers.overlap->value;
        split.purityPretrained = numbers.purityBefore;
        split.purity = numbers.purityAfter;
    }
}

ClaimSplit claimSplit(const record::Run& run, const record::SplitInfo& info,
                      const std::optional<RunTemperature>& temperature) {
    ClaimSplit split{.name = info.name, .outOfDistribution = info.role == "ood"};
    if (const auto read = readReportedLogits(run, info)) {
        describeLogits(split, *read, taskMetric(run), temperature);
    }
    const SplitFeatures features = readFeatures(run, info);
    const FeatureChange numbers = featureChange(features.pretrained, features.final, features.labels);
    split.cosinePretrained = numbers.cosinePretrained;
    split.cosine = numbers.cosineFinal;
    split.difference = numbers.difference;
    const auto value = [](const std::optional<FisherRatio>& ratio) {
        return ratio ? std::optional(ratio->value) : std::nullopt;
    };
    split.fisherPretrained = value(numbers.fisherPretrained);
    split.fisher = value(numbers.fisherFinal);
    if (!split.outOfDistribution) {
        describeNeighbours(split, features);
    }
    return split;
}

void describeClassifier(ClaimRun& numbers, const record::Run& run) {
    const RunNorms norms = runNorms(run);
    numbers.probedNorm = finite(norms.weight.afterLp);
    numbers.startNorm = finite(startNorm(run));
    numbers.finalNorm = finite(norms.weight.reported);
    numbers.displacement = movedRows(run).displacement;

    if (run.method == "lp") {
        if (const record::Series* series = run.steps.find("classifier_weight_norm")) {
            for (std::size_t row = 0; row < run.steps.rows(); ++row) {
                if (run.steps.keys[row].stage == Stage::linearProbing && std::isfinite(series->values[row])) {
                    numbers.normCurve.push_back(series->values[row]);
                }
            }
        }
        return;
    }
    for (const EpochKey& key : run.epochs.keys) {
        const auto norm =
            key.stage == Stage::fineTuning ? finite(classifierNormsAt(run, key).weight) : std::nullopt;
        if (norm) {
            numbers.normCurve.push_back(*norm);
        }
    }
}

/// What the heat maps of F and P show. definitions.md, Claims, C22.
void describeHeatMaps(ClaimKernel& numbers, const record::KernelState& kernel) {
    const Eigen::Index n = kernel.pTrain.rows();
    if (n < 2) {
        return;
    }
    const MatrixD heat = blockTraceNorms(kernel, KernelPart::fineTuningEffective);
    const double others = (heat.sum() - heat.trace()) / static_cast<double>(n * (n - 1));
    const auto above = (heat.diagonal().array() > others).count();
    numbers.diagonalShare = static_cast<double>(above) / static_cast<double>(n);
    numbers.diagonalRatio = finite(heat.trace() / static_cast<double>(n) / others);

    const Eigen::ArrayXXd flat = blockTraceNorms(kernel, KernelPart::pretrainEffective).array();
    numbers.pVariation = finite(std::sqrt((flat - flat.mean()).square().mean()) / flat.mean());

    if (kernel.classes == 3 && kernel.trainLabels.size() == static_cast<std::size_t>(n)) {
        double outer = 0, rest = 0, outerPairs = 0, restPairs = 0;
        const auto isOuter = [&](Eigen::Index i) {
            return kernel.trainLabels[static_cast<std::size_t>(i)] != 1;
        };
        for (Eigen::Index i = 0; i < n; ++i) {
            for (Eigen::Index j = 0; j < n; ++j) {
                if (i != j) {
                    const bool both = isOuter(i) && isOuter(j);
                    (both ? outer : rest) += heat(i, j);
                    (both ? outerPairs : restPairs) += 1;
                }
            }
        }
        numbers.outerRatio = finite(outer / outerPairs / (rest / restPairs));
    }
}

std::optional<ClaimKernel> claimKernel(const record::Run& run) {
    // The kernel of the head that this method's fine-tuning starts from; a run may hold the other one too.
    const char* const state = run.method.starts_with("lp-") ? "after_lp" : "pretrained";
    if (std::ranges::find(run.kernelStates, state) == run.kernelStates.end()) {
        return std::nullopt;
    }
    const record::KernelState kernel = run.parts->kernel(state);
    const std::optional<MatrixD> spectrum = kernelSpectrum(kernel);
    ClaimKernel numbers{.samples = kernel.pTrain.rows(), .classes = kernel.classes};
    numbers.fineTuningRatio = fineTuningRatio(kernel);
    if (kernel.loraScale && kernel.loraSigma2 && kernel.loraRank) {
        numbers.loraFactor = *kernel.loraScale * *kernel.loraScale * *kernel.loraSigma2 *
                             static_cast<double>(*kernel.loraRank);
    }
    for (const KernelPart which : kKernelParts) {
        const auto row = static_cast<Eigen::Index>(which);
        ClaimKernelPart& part = numbers.parts[static_cast<std::size_t>(which)];
        part.frobeniusNorm = kernelFrobeniusNorm(kernel, which);
        if (spectrum) {
            const std::span<const double> values(spectrum->row(row).data(),
                                                 static_cast<std::size_t>(spectrum->cols()));
            part.rank = static_cast<double>(numericalRank(values));
            if (which == KernelPart::fineTuningEffective) {
                numbers.spectrum.assign(values.begin(), values.end());
            }
        }
        if (kernel.regression) {
            part.trainAccuracy = finite((*kernel.regression)(row, 0));
            part.testAccuracy = finite((*kernel.regression)(row, 1));
        }
    }
    describeHeatMaps(numbers, kernel);
    return numbers;
}

} // namespace

ClaimRun claimRun(const record::Run& run) {
    ClaimRun numbers{.task = run.task, .model = run.model, .method = run.method, .seed = run.seed};
    numbers.taskMetric = taskMetric(run);
    numbers.classifierScale = classifierScale(run);
    if (const record::SplitInfo* test = run.splitWithRole("test")) {
        numbers.collapsed = collapsedClass(run, *test).has_value();
    }
    describeClassifier(numbers, run);
    const std::optional<RunTemperature> temperature = reportedTemperature(run);
    for (const record::SplitInfo& info : run.splits) {
        if (info.role == "test" || info.role == "ood") {
            numbers.splits.push_back(claimSplit(run, info, temperature));
        }
    }
    numbers.kernel = claimKernel(run);
    return numbers;
}

} // namespace finescope::analysis
