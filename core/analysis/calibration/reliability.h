#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/matrix.h"

#include <optional>
#include <vector>

namespace finescope::analysis {

/// One confidence bin (low, high]; the first is closed at 0.
struct ReliabilityBin {
    double low = 0, high = 0;
    std::int64_t count = 0;
    double accuracy = 0;       ///< fraction right; 0 when empty
    double meanConfidence = 0; ///< 0 when empty
    [[nodiscard]] double gap() const { return accuracy - meanConfidence; }
};

/// A reliability diagram and the numbers that go with it, at one temperature. definitions.md, Calibration.
struct Reliability {
    double temperature = 1;
    std::int64_t count = 0;
    std::vector<ReliabilityBin> bins;
    double ece = 0;                    ///< expected calibration error, a fraction
    double mce = 0;                    ///< maximum calibration error over non-empty bins, a fraction
    std::optional<std::size_t> mceBin; ///< where it is reached (lowest such bin)
    double nll = 0;                    ///< mean, natural logarithm
    double brier = 0;                  ///< sum over classes, mean over rows: 0..2
    double accuracy = 0;
    double meanConfidence = 0;
};

/// Top-label reliability of softmax(z / T). logits [N, C], labels [N], N >= 1, T > 0, 1 <= binCount <= 1000.
/// Double precision throughout. Throws Error{badInput} on an empty set, non-finite logits (rows named),
/// labels out of range or sizes that differ. Source: Guo et al. 2017; definitions.md, Calibration.
[[nodiscard]] Reliability reliability(const MatrixViewF& logits, const Labels& labels,
                                      double temperature = 1.0, int binCount = 15);

/// The same in bins of either kind; in bins of equal mass, at most `binCount` of them: bins.size() says how
/// many there are.
[[nodiscard]] Reliability reliability(const MatrixViewF& logits, const Labels& labels, double temperature,
                                      Binning binning, int binCount);

} // namespace finescope::analysis
