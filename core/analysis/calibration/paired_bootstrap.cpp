#include "core/analysis/calibration/paired_bootstrap.h"

#include "core/analysis/calibration/reliability_sums.h"
#include "core/analysis/statistics/percentile.h"
#include "core/error.h"
#include "core/random_bits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace finescope::analysis {

namespace {

constexpr std::array kNumbers{&Reliability::ece, &Reliability::mce, &Reliability::nll, &Reliability::brier,
                              &Reliability::accuracy};
constexpr std::array kChanges{&RecalibrationChange::ece, &RecalibrationChange::mce, &RecalibrationChange::nll,
                              &RecalibrationChange::brier, &RecalibrationChange::accuracy};

/// From whole numbers: the same for the same predictions, whatever bins they fall into.
double shareRight(const ReliabilitySums& sums) {
    std::int64_t right = 0;
    for (const auto& bin : sums.bins) {
        right += bin.right;
    }
    return static_cast<double>(right) / static_cast<double>(sums.count);
}

/// Scores whose bins are known, for summing over any choice of rows.
class Binned {
public:
    Binned(const RowScores& scores, const ConfidenceBins& edges) : m_scores(scores), m_edges(edges) {
        m_bin.reserve(scores.size());
        for (const double confidence : scores.confidence) {
            m_bin.push_back(edges.indexOf(confidence));
        }
    }

    [[nodiscard]] Reliability of(const std::vector<std::size_t>& rows) const {
        ReliabilitySums sums;
        sums.bins.resize(m_edges.count());
        sums.count = static_cast<std::int64_t>(rows.size());
        for (const std::size_t row : rows) {
            auto& bin = sums.bins[m_bin[row]];
            ++bin.count;
            bin.right += m_scores.right[row];
            bin.confidence += m_scores.confidence[row];
            sums.nll += m_scores.nll[row];
            sums.brier += m_scores.brier[row];
        }
        Reliability numbers = sums.finish(m_edges, 1);
        numbers.accuracy = shareRight(sums);
        return numbers;
    }

private:
    const RowScores& m_scores;
    const ConfidenceBins& m_edges;
    std::vector<std::size_t> m_bin;
};
void setInterval(NumberChange& number, std::vector<double> changes, double level) {
    const bool finite = std::ranges::all_of(changes, [](double change) { return std::isfinite(change); });
    if (!finite || changes.empty()) {
        number.low = number.high = std::numeric_limits<double>::quiet_NaN();
        return;
    }
    std::ranges::sort(changes);
    number.low = percentileOfSorted(changes, (1 - level) / 2);
    number.high = percentileOfSorted(changes, (1 + level) / 2);
}

} // namespace

RecalibrationChange recalibrationChange(const RowScores& before, const RowScores& after, int binCount,
                                        const PairedBootstrapOptions& options) {
    if (before.size() != after.size() || before.size() == 0) {
        throw Error(ErrorKind::badInput, "a change needs the same rows before and after, at least one: got " +
                                             std::to_string(before.size()) + " and " +
                                             std::to_string(after.size()));
    }
    if (!(options.level > 0 && options.level < 1) || options.resamples < 0) {
        throw Error(ErrorKind::badInput, "an interval needs a level between 0 and 1 and resamples from 0 on");
    }
    const ConfidenceBins edges(binCount);
    const Binned binnedBefore(before, edges), binnedAfter(after, edges);
    std::array<std::vector<double>, kNumbers.size()> changes;
    std::vector<std::size_t> rows(before.size());
    RandomBits random(options.seed);
    for (int resample = 0; resample < options.resamples; ++resample) {
        throwIfCancelled(options.hooks, "the interval of the change");
        for (std::size_t& row : rows) {
            row = random.below(rows.size());
        }
        const Reliability first = binnedBefore.of(rows), second = binnedAfter.of(rows);
        for (std::size_t i = 0; i < kNumbers.size(); ++i) {
            changes[i].push_back(second.*kNumbers[i] - first.*kNumbers[i]);
        }
        reportProgress(options.hooks, resample + 1, options.resamples);
    }
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const Reliability first = binnedBefore.of(rows), second = binnedAfter.of(rows);
    RecalibrationChange result;
    for (std::size_t i = 0; i < kNumbers.size(); ++i) {
        NumberChange& number = result.*kChanges[i];
        number.before = first.*kNumbers[i];
        number.after = second.*kNumbers[i];
        setInterval(number, std::move(changes[i]), options.level);
    }
    return result;
}

} // namespace finescope::analysis
