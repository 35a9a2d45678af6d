#pragma once

#include <cstdint>
#include <span>

namespace finescope::analysis {

/// What is said of the spread of one number over the seeds of a method.
enum class Spread {
    tInterval95,       ///< mean -+ t(0.975, n-1) s / sqrt(n)
    standardDeviation, ///< mean -+ s
    standardError,     ///< mean -+ s / sqrt(n)
    range,             ///< smallest to largest
};

/// A sample in short. `low` and `high` are the ends that the chosen Spread names; with n = 1 they are the
/// value itself.
struct SeedStatistics {
    std::int64_t n = 0;
    double mean = 0;
    double standardDeviation = 0; ///< with n - 1; 0 for n = 1
    double low = 0, high = 0;
};

/// Mean, sample standard deviation and interval of `values`, n >= 1, all finite. Throws Error{badInput}
/// otherwise. Source: Student 1908; quantiles from Boost.Math.
[[nodiscard]] SeedStatistics seedStatistics(std::span<const double> values,
                                            Spread spread = Spread::tInterval95);

} // namespace finescope::analysis
