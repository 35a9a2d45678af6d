#pragma once

#include <span>
#include <vector>

namespace finescope::analysis {

/// A function that never falls: linear between its points, constant outside them.
struct IsotonicFunction {
    std::vector<double> x; ///< increasing
    std::vector<double> y; ///< as many, never falling

    [[nodiscard]] double at(double position) const;
};

/// The never falling function with the least squared error sum (y_i - f(x_i))^2, by pool-adjacent-violators;
/// values of equal x (nearer than 1e-15) are averaged first, and points inside a level stretch are left out.
/// x and y of equal length, at least one, finite, else Error{badInput}. O(n log n). Source: Barlow et al.
/// 1972; as sklearn.isotonic.IsotonicRegression(out_of_bounds="clip").
[[nodiscard]] IsotonicFunction fitIsotonic(std::span<const double> x, std::span<const double> y);

} // namespace finescope::analysis
