#pragma once

#include "core/analysis/compute/instruction_set.h"

#include <bit>
#include <cstdint>

namespace finescope::analysis {

/// 2^x for x <= 0 with a relative error below 2e-7; 0 in effect below -126, and exactly 1 at 0. Plain
/// arithmetic that vectorises.
FINESCOPE_INLINE inline float exp2OfNegative(float x) {
    constexpr float kRounder = 12582912.0F; // 1.5 * 2^23: adding it rounds to the nearest integer
    x = x > -126.0F ? x : -126.0F;
    const float rounded = x + kRounder;
    const float fraction = x - (rounded - kRounder);
    // Least relative error on [-1/2, 1/2] among polynomials of degree 5 that are 1 at 0: 9e-8 before
    // rounding.
    float power = 1.3264727e-3F;
    power = power * fraction + 9.6715130e-3F;
    power = power * fraction + 5.5507336e-2F;
    power = power * fraction + 2.4022242e-1F;
    power = power * fraction + 6.9314700e-1F;
    power = power * fraction + 1.0F;
    const std::uint32_t exponent = std::bit_cast<std::uint32_t>(rounded) << 23U;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(power) + exponent);
}

/// e^x for x <= 0 to 2 units in the last place; 0 in effect below -708, and exactly 1 at 0.
FINESCOPE_INLINE inline double expOfNegative(double x) {
    constexpr double kRounder = 6755399441055744.0; // 1.5 * 2^52
    constexpr double kLog2e = 1.4426950408889634;
    // ln 2 in two parts (Cody and Waite 1980): the first ends in so many zero bits that its product with the
    // exponent is exact.
    constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
    x = x > -708.0 ? x : -708.0;
    const double rounded = x * kLog2e + kRounder;
    const double exponent = rounded - kRounder;
    const double r = (x - exponent * kLn2High) - exponent * kLn2Low;
    // Taylor: the first term that is left out is below 5e-18 at |r| = ln(2) / 2.
    double power = 1.0 / 6227020800;
    power = power * r + 1.0 / 479001600;
    power = power * r + 1.0 / 39916800;
    power = power * r + 1.0 / 3628800;
    power = power * r + 1.0 / 362880;
    power = power * r + 1.0 / 40320;
    power = power * r + 1.0 / 5040;
    power = power * r + 1.0 / 720;
    power = power * r + 1.0 / 120;
    power = power * r + 1.0 / 24;
    power = power * r + 1.0 / 6;
    power = power * r + 0.5;
    power = power * r + 1.0;
    power = power * r + 1.0;
    const std::uint64_t shift = std::bit_cast<std::uint64_t>(rounded) << 52U;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(power) + shift);
}

} // namespace finescope::analysis
