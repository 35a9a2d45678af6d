#pragma once

#include "core/matrix.h"

#include <cstdint>
#include <span>

namespace finescope::analysis {

// The cross-entropy of rows of scores under softmax, with its derivatives. All of it keeps its digits where a
// row is all but certain: what is missing from 1 is summed over the other classes, never taken from 1. rows
// [n, C], labels [n] in 0..C-1, unchecked.

/// Turns scores into their probabilities, in place; returns the sum over rows of -ln p_y.
double softmaxInPlace(Eigen::Ref<MatrixD> scores, std::span<const std::int64_t> labels);

/// Turns probabilities into p - [c = y], the derivative by the scores, in place.
void subtractLabels(Eigen::Ref<MatrixD> probabilities, std::span<const std::int64_t> labels);

/// Turns changes of the scores into those of the probabilities, (diag(p) - p p^T) change, in place.
void changeProbabilities(const Eigen::Ref<const MatrixD>& probabilities, Eigen::Ref<MatrixD> changes);

/// A function along a line and its two derivatives.
struct AlongLine {
    double value = 0, slope = 0, curvature = 0;
};

/// The sum over rows of the cross-entropy of the scores, and its derivatives by t where they move by t
/// changes. The scores are overwritten.
AlongLine crossEntropyAlong(Eigen::Ref<MatrixD> scores, const Eigen::Ref<const MatrixD>& changes,
                            std::span<const std::int64_t> labels);

} // namespace finescope::analysis
