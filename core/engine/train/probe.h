#pragma once

#include "core/analysis/logistic/logistic_regression.h"
#include "core/engine/train/plan.h"

namespace finescope::engine {

/// The head after one iteration of the solver. The views are valid during the call only.
struct ProbeIteration {
    int iteration = 0; ///< 0 = the start, V = 0, b = 0
    const MatrixF& weight;
    const VectorF& bias;
    double gradientNorm = 0;
};

struct ProbeHooks {
    std::function<void(const ProbeIteration&)>
        onIteration; ///< of the last fit, with the chosen strength; may be empty
    std::function<void(int done, int total)> onFit; ///< of the cross-validation; may be empty
    std::stop_token stop;
};

struct ProbedHead {
    MatrixF weight; ///< V [C, h]
    VectorF bias;   ///< b [C]
    double objective = 0;
    double relativeGradientNorm = 0;
    int iterations = 0;
    analysis::CrossValidation choice;
};

/// Linear probing: multinomial logistic regression with L2 on features [N, h], its strength chosen among ten
/// by 5-fold stratified accuracy. The rows are put in an order drawn from `seed` first, as the authors' data
/// loader does; so the folds, and with them the strength, depend on the seed. definitions.md, Linear probing.
[[nodiscard]] ProbedHead probeHead(const MatrixF& features, const Labels& labels, int classes, ProbeHead kind,
                                   std::uint64_t seed, const ProbeHooks& hooks);

} // namespace finescope::engine
