#include "core/figure/calibration/measures.h"

#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/smooth_calibration.h"
#include "core/figure/chart/table_cells.h"

#include <array>

namespace finescope::figure {

namespace {

using analysis::Resampling;

constexpr std::array kMeasures{
    Measure{"ECE", "Calibration error", "", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::calibrationError(of.equalWidth).ece);
            }},
    Measure{"95 % bootstrap", "Intervals of a diagram", "", true,
            [](const Measured& of, const Resampling& resampling) {
                return percentsCell(analysis::bootstrapBand(of.forecasts, of.bins, resampling).ece.interval);
            }},
    Measure{"If calibrated", "Intervals of a diagram",
            "If calibrated: where the ECE of a calibrated model with the same confidences lies in 95 % of "
            "draws; an ECE inside is no evidence of miscalibration.",
            true,
            [](const Measured& of, const Resampling& resampling) {
                return percentsCell(
                    analysis::consistencyBand(of.forecasts, of.bins, resampling).ece.interval);
            }},
    Measure{"Over", "Over- and under-confidence",
            "Over, under: the parts of ECE from bins that are too confident, and not confident enough.",
            false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::confidenceSplit(of.equalWidth).over);
            }},
    Measure{"Under", "Over- and under-confidence", "", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::confidenceSplit(of.equalWidth).under);
            }},
    Measure{"Equal mass", "Confidence bins", "", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::calibrationError(of.equalMass).ece);
            }},
    Measure{"Class-wise", "Class-wise error", "", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(
                    analysis::classWiseCalibration(of.logits, of.labels, of.temperature, of.binCount).ece);
            }},
    Measure{"Smooth", "Smooth calibration error", "", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::smoothCalibration(of.forecasts).error);
            }},
    Measure{"L2 debiased", "Debiased L2 error", "L2 debiased: in bins of equal mass.", false,
            [](const Measured& of, const Resampling&) {
                return percentCell(analysis::debiasedL2(of.equalMass));
            }},
};

} // namespace

Measured measured(const MatrixF& logits, const Labels& labels, double temperature, int binCount) {
    Measured of{.logits = logits,
                .labels = labels,
                .temperature = temperature,
                .binCount = binCount,
                .forecasts = analysis::topLabelForecasts(logits, labels, temperature),
                .bins = analysis::ConfidenceBins(binCount),
                .equalWidth = {},
                .equalMass = {}};
    of.equalWidth = analysis::binForecasts(of.forecasts, of.bins);
    of.equalMass = analysis::binForecasts(
        of.forecasts, analysis::ConfidenceBins::equalMass(of.forecasts.confidence, binCount));
    return of;
}

std::span<const Measure> measures() {
    return kMeasures;
}

} // namespace finescope::figure
