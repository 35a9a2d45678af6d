#pragma once

#include <span>
#include <vector>

namespace finescope::analysis {

/// The ends of an interval.
struct Interval {
    double low = 0, high = 0;
};

/// The value below which a fraction `p` in [0, 1] of sorted values lies, n >= 1: linear between neighbours,
/// as numpy.percentile by default (Hyndman and Fan 1996, type 7).
[[nodiscard]] double percentileOfSorted(std::span<const double> sorted, double p);

/// The middle `level` in (0, 1) of values, n >= 1: (1 - level) / 2 of them are below and as many above.
[[nodiscard]] Interval percentileInterval(std::vector<double> values, double level);

} // namespace finescope::analysis
