#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// A factor and an offset for the logits of each class: softmax(w * z + b), by class. May change which class
/// is largest, hence the accuracy. Guo et al. 2017, section 4.2.
struct VectorScaling {
    VectorD weight; ///< [C]; 0 for a class whose logit is the same in every row
    VectorD bias;   ///< [C], its sum 0
    double nll = 0; ///< mean NLL on the rows it was fitted on
    int iterations = 0;
    /// False where the NLL falls for ever, because a class has no row or classes can be told apart without a
    /// mistake: then this is where less than 1e-16 is left to gain, and how large w and b are says nothing.
    bool hasMinimum = true;
};

/// The minimum of the mean NLL, which is convex in (w, b): Newton from w = 0, b = 0 with halved steps, in
/// standardised logits. logits [N, C], labels [N]; O(N C^2 + C^3) an iteration. Refuses what reliability()
/// refuses; Error{numeric} when it cannot get there.
[[nodiscard]] VectorScaling fitVectorScaling(const MatrixViewF& logits, const Labels& labels);

/// w * z + b of each row. logits [N, C] with as many classes as it was fitted on, else Error{badInput};
/// returns [N, C].
[[nodiscard]] MatrixD scaledLogits(const VectorScaling& scaling, const MatrixViewF& logits);

} // namespace finescope::analysis
