#pragma once

#include "core/analysis/calibration/calibration_intervals.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/reliability.h"
#include "core/figure/figure.h"
#include "core/matrix.h"

#include <span>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// The predictions that a measure is taken of, at one temperature, and what several measures need of them.
struct Measured {
    const MatrixF& logits; ///< [N, C]; outlive it, as the labels
    const Labels& labels;  ///< [N]
    double temperature;
    int binCount;
    analysis::Forecasts forecasts; ///< of the predicted class
    analysis::ConfidenceBins bins; ///< of equal width
    std::vector<analysis::ReliabilityBin> equalWidth, equalMass;
};

/// Refuses what analysis::topLabelForecasts() and analysis::ConfidenceBins refuse.
[[nodiscard]] Measured measured(const MatrixF& logits, const Labels& labels, double temperature,
                                int binCount);

/// A column of the table of calibration errors.
struct Measure {
    std::string_view column;     ///< its head
    std::string_view definition; ///< the heading in definitions.md that gives formula and source
    std::string_view note;       ///< what a reader has to know beside the head; "" for nothing
    bool draws;                  ///< from thousands of draws, which take almost all of the time
    /// Its value or interval, in percent; blank where there is none. `resampling` is for those that draw.
    Cell (*cell)(const Measured& of, const analysis::Resampling& resampling);
};

/// In the order of the columns.
[[nodiscard]] std::span<const Measure> measures();

} // namespace finescope::figure
