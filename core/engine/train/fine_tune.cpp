#include "core/engine/train/fine_tune.h"

#include "core/engine/random_stream.h"
#include "core/engine/train/adam.h"
#include "core/engine/workers.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

namespace finescope::engine {

namespace {

std::string shortNumber(double value) {
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 4);
    return {text.data(), end.ptr};
}

void requireFinite(double value, const char* what, const FineTuneStep& at, double startingRate) {
    if (!std::isfinite(value)) {
        throw Error(ErrorKind::numeric, std::string("the ") + what + " is not a finite number at step " +
                                            std::to_string(at.step) + " (epoch " + shortNumber(at.epoch) +
                                            "): training diverged; use a smaller --learning-rate than " +
                                            shortNumber(startingRate));
    }
}

std::vector<torch::Tensor> copies(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> kept;
    kept.reserve(parameters.size());
    for (const torch::Tensor& parameter : parameters) {
        kept.push_back(parameter.detach().clone());
    }
    return kept;
}

/// What one worker made of its share of a batch.
struct Share {
    torch::Tensor numbers;                ///< its part of the batch's mean loss, and of its mean logit norm
    std::vector<torch::Tensor> gradients; ///< of that part of the loss
};

/// The `rows` out of a batch of `batchRows`, whose longest has `length` tokens: padded alike, a row loses the
/// same to dropout in whatever share it is.
Share passThrough(TunedModel& model, const std::vector<torch::Tensor>& parameters, const EncodedSplit& split,
                  std::span<const std::int64_t> rows, std::int64_t batchRows, std::int64_t length,
                  Dropout dropout) {
    const torch::AutoGradMode withGradients(true);
    const TokenBatch batch = collate(split, rows, length, model.encoder->config.padId, model.device);
    const torch::Tensor logits = model.classifier->forward(model.features(batch, &dropout), &dropout);
    const torch::Tensor loss =
        torch::cross_entropy_loss(logits, labelsOf(split, rows, model.device), {}, at::Reduction::Sum) /
        batchRows;
    Share share;
    share.gradients = torch::autograd::grad({loss}, parameters, {}, false, false, true);
    share.numbers = torch::stack({loss.detach(), logits.detach().norm(2, 1).sum() / batchRows});
    return share;
}

/// One step over the rows of a batch. Fills in what `step` tells of it.
void runStep(TunedModel& model, Adam& optimiser, const std::vector<torch::Tensor>& parameters,
             const EncodedSplit& split, const std::vector<std::int64_t>& rows,
             const FineTuneSettings& settings, FineTuneStep& step) {
    const auto count = static_cast<std::int64_t>(rows.size());
    const std::int64_t workers = std::min<std::int64_t>(model.workers, count);
    const std::int64_t length = longestOf(split, rows);
    std::vector<Share> shares(static_cast<std::size_t>(workers));
    analysis::forEachTask(
        shares.size(), static_cast<int>(workers),
        [&](std::size_t, std::size_t share) {
            const auto worker = static_cast<std::int64_t>(share);
            const std::int64_t begin = worker * count / workers, end = (worker + 1) * count / workers;
            shares[share] =
                passThrough(model, parameters, split,
                            std::span(rows).subspan(static_cast<std::size_t>(begin),
                                                    static_cast<std::size_t>(end - begin)),
                            count, length, Dropout(settings.dropoutSeed, step.step, begin, end - begin));
        },
        torchWorkers());
    const torch::NoGradGuard noGrad;
    torch::Tensor sums = shares.front().numbers;
    std::vector<std::vector<torch::Tensor>> gradients;
    for (Share& share : shares) {
        gradients.push_back(std::move(share.gradients));
    }
    for (std::size_t worker = 1; worker < shares.size(); ++worker) {
        sums = sums + shares[worker].numbers;
    }
    step.gradientNorm = optimiser.step(gradients, step.learningRate, settings.largestGradientNorm);
    const torch::nn::Linear& head = model.classifier->linear;
    // In one transfer: each .item() of its own would wait for the device.
    const torch::Tensor numbers = torch::cat({sums, head->weight.norm().view(1), head->bias.norm().view(1)})
                                      .to(torch::kCPU, torch::kFloat64);
    const auto* values = numbers.data_ptr<double>();
    step.loss = values[0];
    step.logitNorm = values[1];
    step.weightNorm = values[2];
    step.biasNorm = values[3];
}

} // namespace

double linearDecay(double start, std::int64_t step, std::int64_t total) {
    return start * static_cast<double>(total - step + 1) / static_cast<double>(total);
}

std::int64_t fineTune(TunedModel& model, const EncodedSplit& train, const FineTuneSettings& settings,
                      const FineTuneHooks& hooks) {
    const std::vector<torch::Tensor> parameters = model.trainedParameters();
    Adam optimiser(parameters, model.workers);
    RandomBits orderBits(settings.orderSeed);
    const std::int64_t stepsOfEpoch =
        (train.rows() + settings.steps.batchSize - 1) / settings.steps.batchSize;
    FineTuneStep step;
    step.totalSteps = stepsOfEpoch * settings.epochs;

    std::optional<double> bestMetric;
    std::int64_t bestEpoch = 0;
    std::vector<torch::Tensor> bestState;
    for (std::int64_t epoch = 1; epoch <= settings.epochs; ++epoch) {
        double lossSum = 0;
        for (const auto& rows :
             cutIntoBatches(shuffledRows(train.rows(), orderBits), settings.steps.batchSize)) {
            if (hooks.stop.stop_requested()) {
                throw Error(ErrorKind::cancelled, "cancelled at step " + std::to_string(step.step) + " of " +
                                                      std::to_string(step.totalSteps));
            }
            ++step.step;
            step.epoch = static_cast<double>(step.step) / static_cast<double>(stepsOfEpoch);
            step.learningRate = linearDecay(settings.steps.learningRate, step.step, step.totalSteps);
            runStep(model, optimiser, parameters, train, rows, settings, step);
            requireFinite(step.loss, "loss", step, settings.steps.learningRate);
            requireFinite(step.gradientNorm, "gradient", step, settings.steps.learningRate);
            lossSum += step.loss;
            if (hooks.onStep) {
                hooks.onStep(step);
            }
        }
        const double metric = hooks.onEpoch(epoch, lossSum / static_cast<double>(stepsOfEpoch));
        if (!bestMetric || metric > *bestMetric) {
            bestMetric = metric;
            bestEpoch = epoch;
            bestState = copies(parameters);
        }
    }
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        parameters[i].copy_(bestState[i]);
    }
    return bestEpoch;
}

} // namespace finescope::engine
