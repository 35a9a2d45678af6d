#pragma once

#include "core/engine/train/plan.h"
#include "core/engine/train/tuned_model.h"

#include <functional>
#include <stop_token>

namespace finescope::engine {

struct FineTuneSettings {
    std::int64_t epochs = 10;
    StepSettings steps;
    double largestGradientNorm = 1.0;
    std::uint64_t orderSeed = 0; ///< of the order of rows
    std::uint64_t dropoutSeed = 0;
};

/// One optimiser step, as recorded. Norms are L2; those of the head after the step.
struct FineTuneStep {
    std::int64_t step = 0; ///< from 1
    std::int64_t totalSteps = 0;
    double epoch = 0; ///< step / steps of an epoch
    double loss = 0;  ///< mean cross-entropy of the batch, dropout on
    double learningRate = 0;
    double gradientNorm = 0; ///< before clipping
    double weightNorm = 0, biasNorm = 0;
    double logitNorm = 0; ///< mean over the batch
};

struct FineTuneHooks {
    std::function<void(const FineTuneStep&)> onStep;
    /// After each epoch 1..E, with the mean loss over its batches; returns the validation metric (larger is
    /// better).
    std::function<double(std::int64_t epoch, double meanLoss)> onEpoch;
    std::stop_token stop;
};

/// Learning rate of step 1..total: linear decay from `start` to 0, without warm-up; the last step still
/// moves.
[[nodiscard]] double linearDecay(double start, std::int64_t step, std::int64_t total);

/// Fine-tunes model.trainedParameters() with AdamW (betas 0.9 and 0.999, eps 1e-8, no weight decay), clipping
/// the gradient's norm, and leaves the model as it was after the epoch with the best metric; the earliest
/// wins ties. Returns that epoch. The model's workers share the rows of each batch; their number changes
/// nothing but the rounding of sums. On a GPU dropout draws from LibTorch's generator. Throws Error{numeric}
/// when loss or gradient is not finite, Error{cancelled} between two steps. definitions.md, Fine-tuning.
[[nodiscard]] std::int64_t fineTune(TunedModel& model, const EncodedSplit& train,
                                    const FineTuneSettings& settings, const FineTuneHooks& hooks);

} // namespace finescope::engine
