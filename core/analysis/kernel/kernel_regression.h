#pragma once

#include "core/analysis/logistic/logistic_regression.h"
#include "core/record/run.h"

#include <functional>
#include <stop_token>

namespace finescope::analysis {

/// f(row) = alpha . row + intercept for rows of a kernel; above 0 means class 1.
struct KernelFit {
    VectorD alpha; ///< [columns]
    double intercept = 0;
    double objective = 0; ///< strength * sum log-loss + 0.5 ||alpha||^2
};

/// Binary logistic regression on the rows of a kernel, to the optimum: labels 0 or 1, both there; the
/// intercept is free. Throws as fitLogistic. definitions.md, Kernel regression.
[[nodiscard]] KernelFit fitKernelRows(const ReducedFeatures& rows, const Labels& labels, double strength,
                                      std::stop_token stop = {});

struct KernelRegressionHooks {
    std::function<void(int done, int total)> onFit; ///< of all fits of the three kernels; may be empty
    std::stop_token stop;                           ///< Error{cancelled} when requested
};

/// How well P with its I_C, F, and P + F (rows of the result) predict the labels of the train samples and of
/// the test samples, then the classes of both (columns; NaN without test samples): [3, 4], fractions. The
/// first two are shares of the nC yes-or-no decisions, the paper's numbers; the others take the class with
/// the largest f. One logistic problem on the nC rows with one-hot labels, its strength chosen among ten by
/// 5-fold stratified accuracy. Throws Error{badInput} for fewer than five train samples or one class.
/// definitions.md, Kernel regression.
[[nodiscard]] MatrixD kernelRegression(const record::KernelState& kernel,
                                       const KernelRegressionHooks& hooks = {});

} // namespace finescope::analysis
