#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// Probabilities softmax(z / T) of each row, in double precision from float logits, stable for any finite z.
/// logits [N, C], temperature > 0; returns [N, C], rows sum to 1. Throws Error{badInput} if T is not
/// positive. Source: Guo et al. 2017, section 4.2.
[[nodiscard]] MatrixD softmax(const MatrixViewF& logits, double temperature = 1.0);

/// log softmax(z / T)_y of each row. logits [N, C], labels [N] in 0..C-1; returns [N], each <= 0.
[[nodiscard]] VectorD logLikelihood(const MatrixViewF& logits, const Labels& labels,
                                    double temperature = 1.0);

/// Predicted class of each row; ties go to the lowest class.
[[nodiscard]] Labels argmax(const MatrixViewF& logits);

} // namespace finescope::analysis
