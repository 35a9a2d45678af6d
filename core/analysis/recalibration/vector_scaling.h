#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/matrix.h"

namespace finescope::analysis {

/// What is left of the gradient of the mean NLL at the fitted place, by factors and offsets of standardised
/// logits (each class's of mean 0 and deviation 1): its Euclidean norm is at most this.
inline constexpr double kVectorScalingGradient = 1e-8;

/// A factor and an offset for the logits of each class: softmax(w * z + b), by class. May change which class
/// is largest, hence the accuracy. Guo et al. 2017, section 4.2.
struct VectorScaling {
    VectorD weight;          ///< [C]; 0 for a class whose logit is the same in every row
    VectorD bias;            ///< [C], its sum 0
    double nll = 0;          ///< mean NLL on the rows it was fitted on
    double gradientNorm = 0; ///< <= kVectorScalingGradient
    int iterations = 0;
    /// False where the NLL falls for ever, because a class has no row or classes can be told apart without a
    /// mistake: then this is where less than 1e-16 is left to gain, and how large w and b are says nothing.
    bool hasMinimum = true;
};

/// The minimum of the mean NLL, which is convex in (w, b): Newton from w = 0, b = 0 in standardised logits,
/// each step by conjugate gradients, until the gradient is as small as kVectorScalingGradient and the
/// quadratic model has less than 1e-16 to gain. logits [N, C], labels [N]; O(N C) a product, and as much
/// memory. Refuses what reliability() refuses; Error{numeric} when it cannot get there, Error{cancelled}.
[[nodiscard]] VectorScaling fitVectorScaling(const MatrixViewF& logits, const Labels& labels,
                                             const WorkHooks& hooks = {});

/// w * z + b of each row. logits [N, C] with as many classes as it was fitted on, else Error{badInput};
/// returns [N, C].
[[nodiscard]] MatrixD scaledLogits(const VectorScaling& scaling, const MatrixViewF& logits);

} // namespace finescope::analysis
