#pragma once

#include <span>
#include <vector>

namespace finescope::analysis {

/// Exponential moving average that is not drawn towards 0 at its start: m_i = w m_(i-1) + (1 - w) y_i with
/// m_0 = 0, and the result is m_i / (1 - w^i) for i = 1..n. values [n], finite; returns [n] in their unit,
/// and the values themselves at w = 0. Throws Error{badInput} unless 0 <= weight < 1. Pure. Source: Kingma
/// and Ba 2015 (arXiv 1412.6980), sections 2 and 3, beta_1 and its bias correction.
[[nodiscard]] std::vector<double> movingAverage(std::span<const double> values, double weight);

} // namespace finescope::analysis
