#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

/// ||v_k||_2 of each row of the classifier. weight [C, h]; returns [C]. definitions.md, Row norms and angles.
[[nodiscard]] VectorD classifierRowNorms(const MatrixViewF& weight);

/// Angle between each two rows of the classifier, in radians, 0..pi; 0 on the diagonal, NaN where a row is
/// zero. weight [C, h]; returns [C, C]. definitions.md, Row norms and angles.
[[nodiscard]] MatrixD classifierRowAngles(const MatrixViewF& weight);

/// The derivative of the mean cross-entropy by the norm of each classifier row, its direction held:
/// (1/N) sum_i (p_ki - [k = y_i]) <phi_i, v_k> / ||v_k||; NaN where a row is zero. Negative: the loss wants
/// that norm to grow. features [N, h], labels [N], weight [C, h], bias [C]; returns [C]. Throws
/// Error{badInput}. definitions.md, Norm derivative.
[[nodiscard]] VectorD lossByRowNorm(const MatrixViewF& features, const Labels& labels,
                                    const MatrixViewF& weight, const VectorF& bias);

/// The same derivative without features, from the logits of the same evaluation: a logit is
/// <phi_i, v_k> + b_k, so that <phi_i, v_k> = z_ik - b_k, exactly but for the rounding of the stored logits
/// (2^-24 of their size). logits [N, C], labels [N], weight [C, h], bias [C]; returns [C]. Throws
/// Error{badInput}. definitions.md, Norm derivative.
[[nodiscard]] VectorD lossByRowNormFromLogits(const MatrixViewF& logits, const Labels& labels,
                                              const MatrixViewF& weight, const VectorF& bias);

/// What became of each row of a classifier, [C] each: its norm before and after, the cosine between the two
/// (-1..1, NaN where one of them is zero) and ||v_k' - v_k||_2. definitions.md, Displacement of rows.
struct RowChanges {
    VectorD normBefore, normAfter, cosine, displacement;
};

/// before, after [C, h]. Throws Error{badInput} if the shapes differ.
[[nodiscard]] RowChanges classifierRowChanges(const MatrixViewF& before, const MatrixViewF& after);

} // namespace finescope::analysis
