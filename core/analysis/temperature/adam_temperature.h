#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/matrix.h"

namespace finescope::analysis {

struct AdamOptions {
    double learningRate = 1e-3;
    int maxSteps = 100000;
    int patience = 10; ///< steps in a row without a new lowest NLL after which it stops
    double start = 1;  ///< T before the first step
    WorkHooks hooks{}; ///< never told of progress: nobody knows where the steps will end
};

/// Why the steps ended.
enum class AdamEnd {
    patience, ///< early stopping
    maxSteps,
    notPositive, ///< the next step would have been to T <= 0
};

struct AdamTemperature {
    double value = 1; ///< T with the lowest NLL of all steps, the start included
    double nll = 0;   ///< mean NLL there
    int steps = 0;    ///< taken, those that early stopping waited for included
    AdamEnd end = AdamEnd::patience;
};

/// The paper's recipe for the temperature, for comparison with fitTemperature(): Adam on T (beta 0.9 and
/// 0.999, epsilon 1e-8, bias-corrected, as torch.optim.Adam) on the mean NLL of softmax(z / T), a whole-set
/// gradient in every step. Each step moves T by at most about the learning rate, so that maxSteps bound how
/// far it gets, and early stopping may end it before the minimum. logits [N, C], labels [N]; O(N C) a step.
/// Refuses what reliability() refuses; Error{cancelled}. definitions.md, Adam's temperature.
[[nodiscard]] AdamTemperature adamTemperature(const MatrixViewF& logits, const Labels& labels,
                                              const AdamOptions& options = {});

} // namespace finescope::analysis
