#include "core/analysis/statistics/seed_statistics.h"

#include "core/error.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>

namespace finescope::analysis {

SeedStatistics seedStatistics(std::span<const double> values, Spread spread) {
    if (values.empty()) {
        throw Error(ErrorKind::badInput, "statistics over seeds: no values; at least one is needed");
    }
    if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) {
        throw Error(ErrorKind::badInput,
                    "statistics over seeds: a value is NaN or infinite; leave such runs out");
    }
    SeedStatistics result;
    result.n = static_cast<std::int64_t>(values.size());
    const auto n = static_cast<double>(values.size());
    for (const double value : values) {
        result.mean += value / n;
    }
    result.low = result.high = result.mean;
    if (values.size() == 1) {
        return result;
    }
    double squares = 0;
    for (const double value : values) {
        squares += (value - result.mean) * (value - result.mean);
    }
    result.standardDeviation = std::sqrt(squares / (n - 1));
    double half = result.standardDeviation;
    switch (spread) {
    case Spread::range:
        result.low = *std::ranges::min_element(values);
        result.high = *std::ranges::max_element(values);
        return result;
    case Spread::tInterval95:
        half *= boost::math::quantile(boost::math::students_t(n - 1), 0.975) / std::sqrt(n);
        break;
    case Spread::standardError:
        half /= std::sqrt(n);
        break;
    case Spread::standardDeviation:
        break;
    }
    result.low -= half;
    result.high += half;
    return result;
}

} // namespace finescope::analysis
