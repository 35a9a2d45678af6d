#include "core/analysis/recalibration/recalibration.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/compute/validation.h"
#include "core/analysis/recalibration/isotonic_calibration.h"
#include "core/analysis/recalibration/vector_scaling.h"
#include "core/analysis/temperature/adam_temperature.h"
#include "core/analysis/temperature/temperature.h"
#include "core/error.h"

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

namespace {

std::string cautionOf(const AdamTemperature& fitted) {
    switch (fitted.end) {
    case AdamEnd::patience:
        return {};
    case AdamEnd::maxSteps:
        return "Adam took all its steps while the NLL was still falling";
    case AdamEnd::notPositive:
        break;
    }
    return "Adam would have stepped to a temperature that is not positive";
}

std::int64_t differing(const Labels& one, const Labels& other) {
    std::int64_t count = 0;
    for (std::size_t row = 0; row < one.size(); ++row) {
        count += one[row] != other[row] ? 1 : 0;
    }
    return count;
}

/// What a way gives for the evaluated rows.
struct Predictions {
    RowScores scores;
    Labels predicted;
};

Predictions apply(const LabelledLogits& fit, const LabelledLogits& evaluated, const WorkHooks& hooks,
                  Recalibrated& result) {
    const auto atTemperature = [&](double temperature) {
        return Predictions{rowScores(evaluated.logits, evaluated.labels, temperature),
                           argmax(evaluated.logits)};
    };
    switch (result.recalibrator) {
    case Recalibrator::none:
        break;
    case Recalibrator::temperature: {
        const FittedTemperature fitted = fitTemperature(fit.logits, fit.labels);
        result.temperature = fitted.value;
        result.caution = inWords(fitted.why);
        return atTemperature(fitted.value);
    }
    case Recalibrator::adamTemperature: {
        const AdamTemperature fitted = adamTemperature(fit.logits, fit.labels, {.hooks = hooks});
        result.temperature = fitted.value;
        result.caution = cautionOf(fitted);
        return atTemperature(fitted.value);
    }
    case Recalibrator::vectorScaling: {
        const VectorScaling fitted = fitVectorScaling(fit.logits, fit.labels, hooks);
        result.caution = fitted.hasMinimum ? ""
                                           : "the NLL falls for ever, because a class has no row or classes "
                                             "can be told apart without a mistake";
        const MatrixD scores = scaledLogits(fitted, evaluated.logits);
        return {rowScores(scores, evaluated.labels), predictionsOf(scores)};
    }
    case Recalibrator::isotonic: {
        const MatrixD probabilities =
            calibratedProbabilities(fitIsotonicCalibration(fit.logits, fit.labels, hooks), evaluated.logits);
        const Labels predicted = predictionsOf(probabilities);
        return {probabilityScores(probabilities, predicted, evaluated.labels), predicted};
    }
    case Recalibrator::topLabelIsotonic: {
        const Labels predicted = argmax(evaluated.logits);
        const MatrixD probabilities =
            topLabelProbabilities(fitTopLabelIsotonic(fit.logits, fit.labels), evaluated.logits);
        return {probabilityScores(probabilities, predicted, evaluated.labels), predicted};
    }
    }
    return atTemperature(1);
}

} // namespace

std::string nameOf(Recalibrator recalibrator) {
    switch (recalibrator) {
    case Recalibrator::none:
        break;
    case Recalibrator::temperature:
        return "temperature";
    case Recalibrator::adamTemperature:
        return "temperature (Adam)";
    case Recalibrator::vectorScaling:
        return "vector scaling";
    case Recalibrator::isotonic:
        return "isotonic, class against rest";
    case Recalibrator::topLabelIsotonic:
        return "isotonic, top label";
    }
    return "none";
}

std::vector<Recalibrated> recalibrate(std::span<const Recalibrator> ways, const LabelledLogits& fit,
                                      const LabelledLogits& evaluated, const RecalibrationOptions& options) {
    requireLogitsAndLabels(fit.logits, fit.labels);
    requireLogitsAndLabels(evaluated.logits, evaluated.labels);
    if (fit.logits.cols() != evaluated.logits.cols()) {
        throw Error(ErrorKind::badInput,
                    "recalibration: the rows to fit on have " + std::to_string(fit.logits.cols()) +
                        " classes, those to evaluate " + std::to_string(evaluated.logits.cols()) +
                        ": use splits of one task");
    }
    const RowScores before = rowScores(evaluated.logits, evaluated.labels);
    const Labels predictedBefore = argmax(evaluated.logits);
    std::vector<Recalibrated> results;
    for (const Recalibrator way : ways) {
        const WorkHooks hooks = equalPart(options.bootstrap.hooks, results.size(), ways.size());
        const WorkHooks fitting = part(hooks, 0, 0.5);
        PairedBootstrapOptions bootstrap = options.bootstrap;
        bootstrap.hooks = part(hooks, 0.5, 1);
        throwIfCancelled(fitting, "recalibration");
        Recalibrated& result = results.emplace_back();
        result.recalibrator = way;
        const Predictions after = apply(fit, evaluated, fitting, result);
        result.numbers = reliability(after.scores, options.binCount, result.temperature.value_or(1));
        result.change = recalibrationChange(before, after.scores, options.binCount, bootstrap);
        result.changedPredictions = differing(predictedBefore, after.predicted);
        result.impossibleLabels =
            std::ranges::count_if(after.scores.nll, [](double nll) { return std::isinf(nll); });
    }
    return results;
}

} // namespace finescope::analysis
