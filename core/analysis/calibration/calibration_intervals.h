#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/reliability.h"
#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/statistics/percentile.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace finescope::analysis {

/// Confidence interval of a fraction, `right` of `count` rows; 0 <= right <= count, count >= 1, 0 < level <
/// 1, in [0, 1]. Throws Error{badInput} otherwise. Source: Wilson 1927; the quantile is Boost.Math's.
[[nodiscard]] Interval wilsonInterval(std::int64_t right, std::int64_t count, double level = 0.95);

/// The same for the accuracy of each bin; none where a bin is empty.
[[nodiscard]] std::vector<std::optional<Interval>> wilsonIntervals(std::span<const ReliabilityBin> bins,
                                                                   double level = 0.95);

/// How often to draw, from which seed, and which middle part of what was drawn an interval is to hold. The
/// same options give the same numbers on every machine.
struct Resampling {
    int replicates = 1000; ///< 1 .. 100,000
    std::uint64_t seed = 1;
    double level = 0.95; ///< in (0, 1)
    WorkHooks hooks{};
};

/// One number over the replicates.
struct Resampled {
    Interval interval;
    double mean = 0;
};

/// What resampling says of a reliability diagram.
struct CalibrationBand {
    std::vector<std::optional<Interval>> accuracy; ///< of each bin; none where it is empty
    Resampled ece;
    Resampled mce;
};

/// Rows are drawn with replacement, the bins stay where they are: percentile intervals of the accuracy of
/// each bin (over the replicates that have rows in it), of ECE and of MCE. ECE and MCE are biased upwards
/// under resampling: look at consistencyBand() too. O(N replicates). Refuses what requireForecasts() refuses
/// and options out of range; Error{cancelled}. Source: Efron 1979; definitions.md, Intervals of a diagram.
[[nodiscard]] CalibrationBand bootstrapBand(const Forecasts& forecasts, const ConfidenceBins& edges,
                                            const Resampling& options = {});

/// Where a calibrated model with the same confidences would lie: each row comes true with the probability it
/// was given. An accuracy inside its bar, and an ECE inside its interval, is no evidence of miscalibration.
/// O(N replicates). Refuses as bootstrapBand(). Source: Brocker and Smith 2007, "Increasing the reliability
/// of reliability diagrams", consistency bars, here with the confidences held as they are.
[[nodiscard]] CalibrationBand consistencyBand(const Forecasts& forecasts, const ConfidenceBins& edges,
                                              const Resampling& options = {});

} // namespace finescope::analysis
