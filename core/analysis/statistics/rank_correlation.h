#pragma once

#include <optional>
#include <span>

namespace finescope::analysis {

/// Spearman's rank correlation of two samples of n >= 2 finite values, -1..1: Pearson's correlation of their
/// ranks, equal values sharing the mean of their ranks. nullopt if all values of one sample are equal. Throws
/// Error{badInput} unless both have as many values, two or more. Source: Spearman 1904.
[[nodiscard]] std::optional<double> rankCorrelation(std::span<const double> one,
                                                    std::span<const double> other);

} // namespace finescope::analysis
