#pragma once

#include "core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// Probabilities that were given, and whether what they were given for came true: all that a calibration
/// number is made from. Rows stay in the order of their logits.
struct Forecasts {
    std::vector<double> confidence;  ///< [N] in [0, 1]
    std::vector<std::uint8_t> right; ///< [N] 1 where it came true, 0 where not
    [[nodiscard]] std::size_t size() const { return confidence.size(); }
};

/// The probability of each row's predicted class under softmax(z / T), and whether it is the label: the very
/// confidences that reliability() bins. logits [N, C], labels [N]; refuses what reliability() refuses.
[[nodiscard]] Forecasts topLabelForecasts(const MatrixViewF& logits, const Labels& labels,
                                          double temperature = 1.0);

/// The probability of class `label` in each row under softmax(z / T), and whether the label is that class:
/// one class against the others. logits [N, C], labels [N], 0 <= label < C; refuses what reliability()
/// refuses, and a class that there is not. Kull et al. 2019, section 2; definitions.md, Class-wise error.
[[nodiscard]] Forecasts classForecasts(const MatrixViewF& logits, const Labels& labels, std::int64_t label,
                                       double temperature = 1.0);

/// Throws Error{badInput} unless there is at least one forecast, each is in [0, 1] and each has an outcome of
/// 0 or 1.
void requireForecasts(const Forecasts& forecasts);

} // namespace finescope::analysis
