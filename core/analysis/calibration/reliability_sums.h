#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/reliability.h"

#include <cstdint>
#include <span>
#include <vector>

namespace finescope::analysis {

/// What one pass over the rows adds up in a bin.
struct BinSums {
    std::int64_t count = 0;
    std::int64_t right = 0;
    double confidence = 0;

    void add(double rowConfidence, bool rowRight) {
        ++count;
        right += rowRight ? 1 : 0;
        confidence += rowConfidence;
    }
};

/// Divides by the counts. `edges` has one entry more than `sums`, ascending.
[[nodiscard]] std::vector<ReliabilityBin> meansOf(std::span<const BinSums> sums,
                                                  std::span<const double> edges);

/// What one pass over the rows adds up; the exact and the fast path turn it into a Reliability in the same
/// way.
struct ReliabilitySums {
    using Bin = BinSums;
    std::vector<Bin> bins;
    std::int64_t count = 0;
    double nll = 0;
    double brier = 0;

    /// Adds the rows of another part, which has as many bins.
    void add(const ReliabilitySums& other);

    /// Divides by the counts. `bins` has as many entries as `edges` has bins; count >= 1.
    [[nodiscard]] Reliability finish(const ConfidenceBins& edges, double temperature) const;
};

} // namespace finescope::analysis
