#pragma once

#include "core/analysis/calibration/row_scores.h"
#include "core/analysis/compute/work_hooks.h"

#include <cstdint>
#include <optional>

namespace finescope::analysis {

/// One number before and after: change = after - before.
struct NumberChange {
    double before = 0, after = 0;
    double low = 0, high = 0; ///< interval of the change; NaN where the change is no finite number
    [[nodiscard]] double change() const { return after - before; }
};

/// The same rows predicted in two ways.
struct RecalibrationChange {
    NumberChange ece, mce, nll, brier, accuracy;
};

struct PairedBootstrapOptions {
    int resamples = 1000;
    double level = 0.95;
    std::uint64_t seed = 1;
    WorkHooks hooks{};
};

/// The change of each number with its percentile interval: rows are drawn with replacement, as many as there
/// are, the same ones for both, and bounds are quantiles of the changes, linear between order statistics. ECE
/// and MCE are biased upwards in a resample; in the change most of that cancels. `before` and `after` have
/// the same rows in the same order, at least one, else Error{badInput}; Error{cancelled}. O(resamples N). The
/// same seed gives the same numbers on every machine. definitions.md, Change of a number.
[[nodiscard]] RecalibrationChange recalibrationChange(const RowScores& before, const RowScores& after,
                                                      int binCount = 15,
                                                      const PairedBootstrapOptions& options = {});

} // namespace finescope::analysis
