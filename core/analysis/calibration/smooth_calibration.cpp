#include "core/analysis/calibration/smooth_calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace finescope::analysis {

namespace {

constexpr double kSmallestBandwidth = 0.001; // below it, smoothing tells nothing that matters
constexpr int kBisections = 10;
constexpr double kReach = 9;        // standard deviations: exp(-9^2 / 2) is below the rounding of a double
constexpr double kNoDensity = 1e-4; // relplot's, added to the density everywhere

/// Values at places in [0, 1] on a grid, each shared by the two points around its place.
template <typename ValueOfRow>
VectorD spreadOnGrid(const Forecasts& forecasts, Eigen::Index points, ValueOfRow valueOf) {
    VectorD grid = VectorD::Zero(points);
    const auto steps = static_cast<double>(points - 1);
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        const double place = forecasts.confidence[row] * steps;
        const Eigen::Index below = std::min(static_cast<Eigen::Index>(place), points - 2);
        const double fraction = place - static_cast<double>(below);
        const double value = valueOf(row);
        grid(below) += (1 - fraction) * value;
        grid(below + 1) += fraction * value;
    }
    return grid;
}

/// The values of a grid of [0, 1] under a Gaussian that is cut off at +-1/2 and reflected at both ends.
VectorD smoothed(const VectorD& grid, double bandwidth) {
    const Eigen::Index points = grid.size();
    const double step = 1 / static_cast<double>(points - 1);
    // With an even number of points the kernel's middle lies half a step beside a point, as in relplot.
    const double middle = points % 2 == 0 ? 0.5 : 0.0;
    const auto reach = std::min((points - 1) / 2, static_cast<Eigen::Index>(kReach * bandwidth / step) + 1);
    const Eigen::Index before = reach;
    const Eigen::Index behind = points % 2 == 0 ? reach + 1 : reach;
    VectorD weights(before + behind + 1);
    for (Eigen::Index k = 0; k < weights.size(); ++k) {
        const double distance = (static_cast<double>(k - before) - middle) * step / bandwidth;
        weights(k) = std::exp(-distance * distance / 2) / (std::sqrt(2 * std::numbers::pi) * bandwidth);
    }
    VectorD reflected(before + points + behind);
    reflected.head(before) = grid.segment(1, before).reverse();
    reflected.segment(before, points) = grid;
    reflected.tail(behind) = grid.segment(points - 1 - behind, behind).reverse();
    VectorD result(points);
    for (Eigen::Index point = 0; point < points; ++point) {
        result(point) = weights.dot(reflected.segment(point, weights.size()));
    }
    return result;
}

/// Linear between the points of a grid of [0, 1].
double valueAt(const VectorD& grid, double place) {
    const double scaled = place * static_cast<double>(grid.size() - 1);
    const Eigen::Index below = std::min(static_cast<Eigen::Index>(scaled), grid.size() - 2);
    return std::lerp(grid(below), grid(below + 1), scaled - static_cast<double>(below));
}

/// The mean of the absolute smoothed residual over the smoothed density of the confidences.
double errorAt(const Forecasts& forecasts, double bandwidth) {
    const auto points = static_cast<Eigen::Index>(std::max(2000.0, std::round(20 / bandwidth))) / 2 + 1;
    const VectorD residuals = smoothed(spreadOnGrid(forecasts, points,
                                                    [&](std::size_t row) {
                                                        return forecasts.confidence[row] -
                                                               static_cast<double>(forecasts.right[row]);
                                                    }),
                                       bandwidth);
    const VectorD density =
        smoothed(spreadOnGrid(forecasts, points, [](std::size_t) { return 1.0; }), bandwidth);
    const auto places = static_cast<int>(std::max(200.0, std::round(10 / bandwidth)));
    double error = 0;
    double total = 0;
    for (int i = 0; i < places; ++i) {
        const double place = static_cast<double>(i) / (places - 1);
        error += std::abs(valueAt(residuals, place));
        total += valueAt(density, place) + kNoDensity;
    }
    return error / total;
}

} // namespace

SmoothCalibration smoothCalibration(const Forecasts& forecasts) {
    requireForecasts(forecasts);
    const auto isWideEnough = [&](double bandwidth) {
        return bandwidth < kSmallestBandwidth || bandwidth < errorAt(forecasts, bandwidth);
    };
    double small = 0;
    double large = 1;
    for (int i = 0; i < kBisections; ++i) {
        const double middle = (small + large) / 2;
        (isWideEnough(middle) ? small : large) = middle;
    }
    return {.error = errorAt(forecasts, large), .bandwidth = large};
}

} // namespace finescope::analysis
