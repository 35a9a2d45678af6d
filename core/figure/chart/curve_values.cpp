#include "core/figure/chart/curve_values.h"

#include "core/analysis/statistics/smoothing.h"

#include <algorithm>
#include <limits>
#include <span>

namespace finescope::figure {

RunCurve smoothed(RunCurve curve, double weight) {
    std::vector<std::size_t> starts = curve.breaks;
    if (curve.switchAt) {
        const auto tuning = std::ranges::upper_bound(curve.x, *curve.switchAt);
        starts.push_back(static_cast<std::size_t>(tuning - curve.x.begin()));
    }
    starts.push_back(curve.x.size());
    std::ranges::sort(starts);
    std::vector<double> values;
    for (const std::size_t end : starts) {
        const auto piece = std::span<const double>(curve.y).first(end).subspan(values.size());
        const std::vector<double> averages = analysis::movingAverage(piece, weight);
        values.insert(values.end(), averages.begin(), averages.end());
    }
    curve.y = std::move(values);
    return curve;
}

bool breaksAt(const RunCurve& curve, std::size_t point) {
    return std::ranges::binary_search(curve.breaks, point);
}

double interpolated(const RunCurve& curve, double x) {
    const auto after = std::ranges::lower_bound(curve.x, x);
    const auto index = static_cast<std::size_t>(after - curve.x.begin());
    if (*after == x || index == 0) {
        return curve.y[index];
    }
    if (breaksAt(curve, index)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const double part = (x - curve.x[index - 1]) / (curve.x[index] - curve.x[index - 1]);
    return curve.y[index - 1] + part * (curve.y[index] - curve.y[index - 1]);
}

bool breaksBetween(const RunCurve& curve, double low, double high) {
    return std::ranges::any_of(curve.breaks, [&](std::size_t point) {
        const double before = curve.x[point - 1], after = curve.x[point];
        return before < high && (after > low || (after == low && before == low));
    });
}

std::optional<ProbingSpan> commonProbing(const std::vector<RunCurve>& curves) {
    std::optional<ProbingSpan> common = curves.front().probing;
    for (const RunCurve& curve : curves) {
        if (!common || !curve.probing || curve.probing->from != common->from ||
            curve.probing->to != common->to) {
            return std::nullopt;
        }
        if (curve.probing->iterations != common->iterations) {
            common->iterations = 0;
        }
        common->last = common->last && curve.probing->last;
    }
    return common;
}

std::vector<double> commonPoints(const std::vector<RunCurve>& curves) {
    double low = -std::numeric_limits<double>::infinity(), high = -low;
    std::vector<double> all;
    for (const RunCurve& curve : curves) {
        low = std::max(low, curve.x.front());
        high = std::min(high, curve.x.back());
        all.insert(all.end(), curve.x.begin(), curve.x.end());
    }
    std::ranges::sort(all);
    const auto [first, last] = std::ranges::unique(all);
    all.erase(first, last);
    std::erase_if(all, [&](double x) { return x < low || x > high; });
    return all;
}

} // namespace finescope::figure
