#include "core/analysis/recalibration/isotonic_regression.h"

#include "core/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace finescope::analysis {

namespace {

// As scikit-learn: probabilities that only rounding tells apart are one position.
constexpr double kSamePosition = 1e-15;

/// Neighbouring points that share one value.
struct Pool {
    double first = 0, last = 0; ///< x of its ends
    double sum = 0, weight = 0;
    [[nodiscard]] double mean() const { return sum / weight; }
};

} // namespace

double IsotonicFunction::at(double position) const {
    const auto above = std::ranges::upper_bound(x, position);
    if (above == x.begin()) {
        return y.front();
    }
    if (above == x.end()) {
        return y.back();
    }
    const auto right = static_cast<std::size_t>(above - x.begin());
    const double part = (position - x[right - 1]) / (x[right] - x[right - 1]);
    return y[right - 1] + part * (y[right] - y[right - 1]);
}

IsotonicFunction fitIsotonic(std::span<const double> x, std::span<const double> y) {
    const auto finite = [](double value) { return std::isfinite(value); };
    if (x.empty() || x.size() != y.size() || !std::ranges::all_of(x, finite) ||
        !std::ranges::all_of(y, finite)) {
        throw Error(ErrorKind::badInput, "isotonic regression: expected finite x and y of equal length, at "
                                         "least one, got " +
                                             std::to_string(x.size()) + " and " + std::to_string(y.size()));
    }
    std::vector<std::size_t> order(x.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [x](std::size_t index) { return x[index]; });

    std::vector<Pool> pools;
    for (std::size_t next = 0; next < order.size();) {
        Pool pool{.first = x[order[next]], .last = x[order[next]]};
        for (; next < order.size() && x[order[next]] - pool.first < kSamePosition; ++next) {
            pool.sum += y[order[next]];
            pool.weight += 1;
        }
        while (!pools.empty() && pools.back().mean() >= pool.mean()) {
            pool.first = pools.back().first;
            pool.sum += pools.back().sum;
            pool.weight += pools.back().weight;
            pools.pop_back();
        }
        pools.push_back(pool);
    }

    IsotonicFunction function;
    for (const Pool& pool : pools) {
        function.x.push_back(pool.first);
        function.y.push_back(pool.mean());
        if (pool.last > pool.first) {
            function.x.push_back(pool.last);
            function.y.push_back(pool.mean());
        }
    }
    return function;
}

} // namespace finescope::analysis
