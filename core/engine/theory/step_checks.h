#pragma once

#include "core/engine/theory/check_result.h"
#include "core/engine/theory/linear_model.h"
#include "core/engine/theory/theory_model.h"

#include <span>
#include <vector>

/// T3 and T4 of definitions.md, Theory checks: what steps of gradient descent change.
namespace finescope::engine {

/// T3: the relative error of equations (1) and (2) of definitions.md, Parts of the kernel, for one real step
/// falls as the rate does. The error is how far the observed order is from 1. Of the linear one (2) is exact.
[[nodiscard]] std::vector<CheckResult> checkFirstOrder(const TheoryModel& model, const Head& head);

/// A linear model before training, and samples that training does not see.
struct OutsideCase {
    LinearModel model;
    MatrixD train; ///< [n, d]
    Labels labels;
    MatrixD outside; ///< [k, d], of length 1, orthogonal to all train samples
    MatrixD inside;  ///< [1, d], of length 1, in their span
};
/// The train samples are random; with `alongAxes` they have no entry in the coordinates of `outside`, else
/// all is turned by a random rotation. d > n.
[[nodiscard]] OutsideCase randomOutsideCase(Eigen::Index inputs, Eigen::Index width, Eigen::Index classes,
                                            Eigen::Index samples, bool alongAxes, RandomBits& bits);

/// A rate at which gradient descent of this model is stable: a tenth of the inverse of the kernel's largest
/// eigenvalue.
[[nodiscard]] double stableRate(const LinearModel& model, const MatrixD& train, const Labels& labels);

/// T4: the features of what is orthogonal to all train samples do not change, after 1, 10 .. `steps` steps.
/// `bound` is 0 where not even rounding can change them.
[[nodiscard]] std::vector<CheckResult> checkOrthogonal(const OutsideCase& given, std::int64_t steps,
                                                       double bound);

} // namespace finescope::engine
