#pragma once

#include "core/matrix.h"

namespace finescope::analysis {

inline constexpr double kSmallestTemperature = 0.01;
inline constexpr double kLargestTemperature = 1000.0;

struct FittedTemperature {
    double value = 1;
    bool atBound = false; ///< the NLL still falls at the end of [0.01, 1000]: T is that end, not a minimum
    double nll = 0;       ///< mean NLL there
};

/// The temperature that minimises the mean NLL of softmax(z / T), exactly: the NLL is convex in 1/T;
/// safeguarded Newton on [0.01, 1000]. logits [N, C], labels [N], N >= 1. Refuses what reliability() refuses.
/// PAPER 2.10.
[[nodiscard]] FittedTemperature fitTemperature(const MatrixViewF& logits, const Labels& labels);

} // namespace finescope::analysis
