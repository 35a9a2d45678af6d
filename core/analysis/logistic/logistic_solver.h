#pragma once

#include "core/analysis/logistic/logistic_problem.h"

#include <functional>
#include <stop_token>

namespace finescope::analysis {

/// Where a solver stands. `relativeGradientNorm` is in the caller's coordinates, relative to V = 0, b = 0; 0
/// where that is the optimum but for rounding.
struct SolverState {
    MatrixD parameters;
    double objective = 0;
    double gap = 0; ///< the objective lies at most this much above its minimum: LogisticProblem::gapBound()
    double gradientNorm = 0;
    double relativeGradientNorm = 0;
    int iterations = 0;
};

struct SolverOptions {
    double tolerance = 1e-8;    ///< of the relative gradient norm
    double gapTolerance = 1e-9; ///< of the gap, relative to the objective
    int maxIterations = 5000;
    std::function<void(const SolverState&)> onIteration; ///< may be empty; also called for the start
    std::stop_token stop;
};

/// From zero: L-BFGS (memory 10) until the relative gradient norm is 1e-4 or after 500 iterations, then
/// Newton to both tolerances. Where rounding ends its way before, a gap of 1e-6 will do. Throws
/// Error{numeric} if that is not reached, Error{cancelled}.
[[nodiscard]] SolverState solveFromZero(const LogisticProblem& problem, const SolverOptions& options);

/// Newton's method alone, from `start`: conjugate gradients with a diagonal preconditioner for each step, and
/// an almost exact line search. Throws as above.
[[nodiscard]] SolverState solveByNewton(const LogisticProblem& problem, const MatrixD& start,
                                        const SolverOptions& options);

} // namespace finescope::analysis
