#include "core/analysis/calibration/calibration_intervals.h"

#include "core/analysis/calibration/reliability_sums.h"
#include "core/error.h"
#include "core/random_bits.h"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace finescope::analysis {

namespace {

void requireLevel(double level) {
    if (!(level > 0 && level < 1)) {
        throw Error(ErrorKind::badInput, "the level of an interval must be between 0 and 1, got " +
                                             std::to_string(level) + "; 0.95 is usual");
    }
}

void requireResampling(const Resampling& options) {
    requireLevel(options.level);
    if (options.replicates < 1 || options.replicates > 100'000) {
        throw Error(ErrorKind::badInput, "the number of replicates must be 1..100000, got " +
                                             std::to_string(options.replicates) + "; 1000 is usual");
    }
}

/// What is added up of a row, close together in memory: rows are drawn in no order.
struct BinnedRow {
    double confidence = 0;
    std::uint32_t bin = 0;
    bool right = false;
};

std::vector<BinnedRow> binRows(const Forecasts& forecasts, const ConfidenceBins& edges) {
    requireForecasts(forecasts);
    std::vector<BinnedRow> rows;
    rows.reserve(forecasts.size());
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        rows.push_back({.confidence = forecasts.confidence[row],
                        .bin = static_cast<std::uint32_t>(edges.indexOf(forecasts.confidence[row])),
                        .right = forecasts.right[row] != 0});
    }
    return rows;
}

/// The bins of one replicate after another.
class Replicate {
public:
    explicit Replicate(std::size_t bins) : m_sums(bins) {}

    void clear() { std::ranges::fill(m_sums, BinSums{}); }
    void add(const BinnedRow& row, bool right) { m_sums[row.bin].add(row.confidence, right); }
    [[nodiscard]] const std::vector<BinSums>& sums() const { return m_sums; }
    /// {ECE, MCE}
    [[nodiscard]] std::pair<double, double> errors() const {
        double total = 0;
        double rows = 0;
        double largest = 0;
        for (const BinSums& bin : m_sums) {
            if (bin.count > 0) {
                const double difference = std::abs(static_cast<double>(bin.right) - bin.confidence);
                total += difference;
                rows += static_cast<double>(bin.count);
                largest = std::max(largest, difference / static_cast<double>(bin.count));
            }
        }
        return {total / rows, largest};
    }

private:
    std::vector<BinSums> m_sums;
};

Resampled summaryOf(std::vector<double> values, double level) {
    Resampled result;
    result.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    result.interval = percentileInterval(std::move(values), level);
    return result;
}

/// Fills a replicate as often as the options say, and sums up what came out.
template <typename Fill>
CalibrationBand bandOf(std::size_t bins, const Resampling& options, Fill fill) {
    Replicate replicate(bins);
    std::vector<std::vector<double>> accuracies(bins);
    std::vector<double> ece;
    std::vector<double> mce;
    for (int count = 0; count < options.replicates; ++count) {
        throwIfCancelled(options.hooks, "resampling");
        replicate.clear();
        fill(replicate);
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const BinSums& sums = replicate.sums()[bin];
            if (sums.count > 0) {
                accuracies[bin].push_back(static_cast<double>(sums.right) / static_cast<double>(sums.count));
            }
        }
        const auto [expected, maximum] = replicate.errors();
        ece.push_back(expected);
        mce.push_back(maximum);
        reportProgress(options.hooks, count + 1, options.replicates);
    }
    CalibrationBand band;
    for (std::vector<double>& values : accuracies) {
        band.accuracy.push_back(values.empty() ? std::nullopt
                                               : std::optional(percentileInterval(values, options.level)));
    }
    band.ece = summaryOf(std::move(ece), options.level);
    band.mce = summaryOf(std::move(mce), options.level);
    return band;
}

} // namespace

Interval wilsonInterval(std::int64_t right, std::int64_t count, double level) {
    requireLevel(level);
    if (count < 1 || right < 0 || right > count) {
        throw Error(ErrorKind::badInput,
                    "an interval of " + std::to_string(right) + " of " + std::to_string(count) +
                        " rows: expected at least one row and no more right than there are");
    }
    const double z = boost::math::quantile(boost::math::normal(), (1 + level) / 2);
    const auto n = static_cast<double>(count);
    const double fraction = static_cast<double>(right) / n;
    const double scale = 1 + z * z / n;
    const double middle = (fraction + z * z / (2 * n)) / scale;
    const double half = z * std::sqrt(fraction * (1 - fraction) / n + z * z / (4 * n * n)) / scale;
    // At none and at all, the end is exactly 0 and 1, but for rounding.
    return {.low = right == 0 ? 0 : std::max(middle - half, 0.0),
            .high = right == count ? 1 : std::min(middle + half, 1.0)};
}

std::vector<std::optional<Interval>> wilsonIntervals(std::span<const ReliabilityBin> bins, double level) {
    std::vector<std::optional<Interval>> intervals;
    for (const ReliabilityBin& bin : bins) {
        intervals.push_back(bin.count == 0 ? std::nullopt
                                           : std::optional(wilsonInterval(
                                                 std::llround(bin.accuracy * static_cast<double>(bin.count)),
                                                 bin.count, level)));
    }
    return intervals;
}

CalibrationBand bootstrapBand(const Forecasts& forecasts, const ConfidenceBins& edges,
                              const Resampling& options) {
    requireResampling(options);
    const std::vector<BinnedRow> rows = binRows(forecasts, edges);
    RandomBits bits(options.seed);
    return bandOf(edges.count(), options, [&](Replicate& replicate) {
        for (std::size_t drawn = 0; drawn < rows.size(); ++drawn) {
            const BinnedRow& row = rows[bits.below(rows.size())];
            replicate.add(row, row.right);
        }
    });
}

CalibrationBand consistencyBand(const Forecasts& forecasts, const ConfidenceBins& edges,
                                const Resampling& options) {
    requireResampling(options);
    const std::vector<BinnedRow> rows = binRows(forecasts, edges);
    RandomBits bits(options.seed);
    return bandOf(edges.count(), options, [&](Replicate& replicate) {
        for (const BinnedRow& row : rows) {
            replicate.add(row, bits.unit() < row.confidence);
        }
    });
}

} // namespace finescope::analysis
