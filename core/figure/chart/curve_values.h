#pragma once

#include "core/figure/chart/run_curves.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace finescope::figure {

/// The bias-corrected exponential moving average of a curve, weight in [0, 1). Each stage by itself, and each
/// piece: what probing left says nothing about the first steps of fine-tuning.
[[nodiscard]] RunCurve smoothed(RunCurve curve, double weight);

/// Whether no line joins the point, by index, to the one before.
[[nodiscard]] bool breaksAt(const RunCurve& curve, std::size_t point);

/// y at `x` on the line between recorded points, NaN where it is interrupted; x lies within the curve.
[[nodiscard]] double interpolated(const RunCurve& curve, double x);

/// Whether the line of a curve is interrupted somewhere between `low` and `high`, two neighbouring points of
/// a mean.
[[nodiscard]] bool breaksBetween(const RunCurve& curve, double low, double high);

/// Where the curves (at least one) are of linear probing, if that is the same place for all.
[[nodiscard]] std::optional<ProbingSpan> commonProbing(const std::vector<RunCurve>& curves);

/// Every x at which some curve has a point and all of them have a value, in ascending order. No curve is
/// empty.
[[nodiscard]] std::vector<double> commonPoints(const std::vector<RunCurve>& curves);

} // namespace finescope::figure
