#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/reliability.h"
#include "core/matrix.h"

#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// What every calibration number of a set of predictions adds up, row by row: so that numbers of other
/// choices of the rows need no probabilities again.
struct RowScores {
    std::vector<double> confidence;  ///< [N], of the prediction
    std::vector<double> nll;         ///< [N], -ln of the label's probability; infinite where that is 0
    std::vector<double> brier;       ///< [N], summed over classes
    std::vector<std::uint8_t> right; ///< [N]
    [[nodiscard]] std::size_t size() const { return confidence.size(); }
};

/// Of softmax(z / T). logits [N, C], labels [N]; refuses what reliability() refuses.
[[nodiscard]] RowScores rowScores(const MatrixViewF& logits, const Labels& labels, double temperature = 1.0);

/// Of the softmax of scores that were computed from logits: [N, C], finite, with labels [N]; checked by the
/// caller.
[[nodiscard]] RowScores rowScores(const MatrixViewD& scores, const Labels& labels);

/// Of any probabilities [N, C] with a prediction for each row [N], usually their argmax. Throws
/// Error{badInput} where sizes or labels do not fit or a row does not hold probabilities.
[[nodiscard]] RowScores probabilityScores(const MatrixViewD& probabilities, const Labels& predicted,
                                          const Labels& labels);

/// The numbers that the scores add up to; `temperature` is only noted down. At least one row.
[[nodiscard]] Reliability reliability(const RowScores& scores, int binCount = 15, double temperature = 1.0);

/// Predicted class of each row of probabilities or scores; ties go to the lowest class.
[[nodiscard]] Labels predictionsOf(const MatrixViewD& values);

} // namespace finescope::analysis
