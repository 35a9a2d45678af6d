#pragma once

#include "core/matrix.h"

#include <string>

namespace finescope::analysis {

inline constexpr double kSmallestTemperature = 0.01;
inline constexpr double kLargestTemperature = 1000.0;

/// Why a fitted temperature is what it is.
enum class TemperatureCase {
    minimum,       ///< of the NLL, inside [0.01, 1000]
    separable,     ///< no logit is above the label's in any row: the NLL falls for ever as T goes to 0
    below,         ///< the minimum lies below 0.01: the logits differ too little
    uninformative, ///< the labels' logits are on average not above those of the other classes: the NLL is
                   ///< least as T grows without end, where every class has the same probability
    above,         ///< the minimum lies above 1000: the logits are that large
    constant,      ///< every row gives all classes the same logit: the NLL is ln C at every T, and T stays 1
};

struct FittedTemperature {
    double value = 1;
    bool atBound = false; ///< the NLL still falls at the end of [0.01, 1000]: T is that end, not a minimum
    double nll = 0;       ///< mean NLL there
    TemperatureCase why = TemperatureCase::minimum;
};

/// The temperature that minimises the mean NLL of softmax(z / T), exactly: the NLL is convex in 1/T;
/// safeguarded Newton on [0.01, 1000]. logits [N, C], labels [N], N >= 1. Refuses what reliability() refuses.
/// definitions.md, Fitted temperature.
[[nodiscard]] FittedTemperature fitTemperature(const MatrixViewF& logits, const Labels& labels);

/// Why there is no minimum, as a sentence without an end: "the NLL falls for ever as T goes to 0: ..."; "" of
/// TemperatureCase::minimum.
[[nodiscard]] std::string inWords(TemperatureCase why);

/// ||V||_F / T: softmax(f(x) / T) is what a classifier with V / T and b / T gives. `norm` is ||V||_F.
/// definitions.md, Equivalent classifier norm. Throws Error{badInput} unless T is a positive, finite number.
[[nodiscard]] double equivalentClassifierNorm(double norm, double temperature);

} // namespace finescope::analysis
