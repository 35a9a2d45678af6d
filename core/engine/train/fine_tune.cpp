#include "core/engine/train/fine_tune.h"

#include "core/engine/task/random_stream.h"
#include "core/error.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

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

void setLearningRate(torch::optim::AdamW& optimiser, double rate) {
    for (torch::optim::OptimizerParamGroup& group : optimiser.param_groups()) {
        group.options().set_lr(rate);
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

// Loss, head norms and logit norm come back in one transfer: each .item() of its own would wait for the
// device.
void runStep(TunedModel& model, torch::optim::AdamW& optimiser, const std::vector<torch::Tensor>& parameters,
             const TokenBatch& batch, const torch::Tensor& labels, double largestNorm, FineTuneStep& step) {
    const torch::Tensor logits = model.classifier->forward(model.features(batch));
    const torch::Tensor loss = torch::cross_entropy_loss(logits, labels);
    optimiser.zero_grad();
    loss.backward();
    step.gradientNorm = torch::nn::utils::clip_grad_norm_(parameters, largestNorm);
    optimiser.step();
    const torch::NoGradGuard noGrad;
    const torch::nn::Linear& head = model.classifier->linear;
    const torch::Tensor numbers = torch::stack({loss.detach(), head->weight.norm(), head->bias.norm(),
                                                logits.detach().norm(2, 1).mean()})
                                      .to(torch::kCPU, torch::kFloat64);
    const auto* values = numbers.data_ptr<double>();
    step.loss = values[0];
    step.weightNorm = values[1];
    step.biasNorm = values[2];
    step.logitNorm = values[3];
}

} // namespace

double linearDecay(double start, std::int64_t step, std::int64_t total) {
    return start * static_cast<double>(total - step + 1) / static_cast<double>(total);
}

std::int64_t fineTune(TunedModel& model, const EncodedSplit& train, const FineTuneSettings& settings,
                      const FineTuneHooks& hooks) {
    const std::vector<torch::Tensor> parameters = model.trainedParameters();
    torch::optim::AdamW optimiser(parameters, torch::optim::AdamWOptions(settings.steps.learningRate)
                                                  .betas(std::make_tuple(0.9, 0.999))
                                                  .eps(1e-8)
                                                  .weight_decay(0));
    RandomBits orderBits(settings.orderSeed);
    const std::int64_t stepsOfEpoch =
        (train.rows() + settings.steps.batchSize - 1) / settings.steps.batchSize;
    FineTuneStep step;
    step.totalSteps = stepsOfEpoch * settings.epochs;

    std::optional<double> bestMetric;
    std::int64_t bestEpoch = 0;
    std::vector<torch::Tensor> bestState;
    for (std::int64_t epoch = 1; epoch <= settings.epochs; ++epoch) {
        model.setTraining(true);
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
            setLearningRate(optimiser, step.learningRate);
            runStep(model, optimiser, parameters,
                    collate(train, rows, model.encoder->config.padId, model.device),
                    labelsOf(train, rows, model.device), settings.largestGradientNorm, step);
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
        torch::Tensor parameter = parameters[i];
        parameter.copy_(bestState[i]);
    }
    model.setTraining(false);
    return bestEpoch;
}

} // namespace finescope::engine
