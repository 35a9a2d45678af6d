#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/reliability.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace finescope::analysis {

/// The bins of a reliability diagram (definitions.md, Confidence bins). Refuses as requireForecasts().
[[nodiscard]] std::vector<ReliabilityBin> binForecasts(const Forecasts& forecasts,
                                                       const ConfidenceBins& edges);

/// ECE = sum_m n_m/N |acc_m - conf_m| and MCE = max_m |acc_m - conf_m| over the bins that hold rows,
/// fractions in [0, 1]. No rows: both 0, and no bin. Guo et al. 2017; definitions.md, Calibration error.
struct CalibrationError {
    double ece = 0;
    double mce = 0;
    std::optional<std::size_t> mceBin; ///< where MCE is reached, the lowest such bin
};
[[nodiscard]] CalibrationError calibrationError(std::span<const ReliabilityBin> bins);

/// ECE in its two parts, which add up to it: bins that claim more than comes true, and bins that claim less.
struct ConfidenceSplit {
    double over = 0;  ///< sum of n_m/N max(conf_m - acc_m, 0)
    double under = 0; ///< sum of n_m/N max(acc_m - conf_m, 0)
};
[[nodiscard]] ConfidenceSplit confidenceSplit(std::span<const ReliabilityBin> bins);

/// The calibration error in the L2 norm with its bias for being estimated taken off: the root of
/// sum_m n_m/N (gap_m^2 - acc_m (1 - acc_m) / (n_m - 1)), where a bin of one row adds nothing and a negative
/// sum counts as 0. Meant for bins of equal mass. In [0, 1]. Source: Kumar et al. 2019, "Verified uncertainty
/// calibration"; definitions.md, Debiased L2 error.
[[nodiscard]] double debiasedL2(std::span<const ReliabilityBin> bins);

/// The bin of the MCE, with what is in it.
struct WorstBin {
    std::size_t index = 0;
    ReliabilityBin bin;
    std::vector<std::int64_t> rows; ///< of the forecasts, ascending
};
[[nodiscard]] WorstBin worstBin(const Forecasts& forecasts, const ConfidenceBins& edges);

/// What ECE and MCE owe to the number of bins.
struct BinCountError {
    int binCount = 0;
    double ece = 0;
    double mce = 0;
};

/// ECE and MCE in first .. last bins of equal width. 1 <= first <= last <= 1000; throws Error{badInput}
/// otherwise. O(N (last - first + 1)).
[[nodiscard]] std::vector<BinCountError> errorByBinCount(const Forecasts& forecasts, int first = 5,
                                                         int last = 50);

/// One class against the others: its probability as the forecast of "the label is this class".
struct ClassCalibration {
    std::vector<ReliabilityBin> bins; ///< accuracy is here the fraction of rows that are of the class
    double ece = 0;
    std::int64_t rows = 0; ///< labelled with this class
};

/// Class-wise ECE: the mean over all C classes, those without rows included, of the ECE of each against the
/// others.
struct ClassWiseCalibration {
    double ece = 0;
    std::vector<ClassCalibration> classes; ///< [C]
};

/// Of softmax(z / T) in bins of equal width. logits [N, C], labels [N]; refuses what reliability() refuses.
/// Source: Kull et al. 2019, "Beyond temperature scaling", section 2; definitions.md, Class-wise error.
[[nodiscard]] ClassWiseCalibration classWiseCalibration(const MatrixViewF& logits, const Labels& labels,
                                                        double temperature = 1.0, int binCount = 15);

} // namespace finescope::analysis
