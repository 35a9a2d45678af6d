#include "core/figure/calibration/reliability_diagram.h"

#include "core/analysis/calibration/calibration_error.h"
#include "core/analysis/calibration/forecasts.h"
#include "core/error.h"
#include "core/figure/label/class_name.h"

#include <algorithm>
#include <limits>

namespace finescope::figure {

namespace {

using analysis::CalibrationData;
using analysis::Forecasts;
using analysis::Reliability;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::int64_t labelOf(const CalibrationData& data, const std::string& name) {
    const std::vector<std::string> names = classNames(data.classNames, data.logits.cols());
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) {
        return found - names.begin();
    }
    std::string known;
    for (const std::string& one : names) {
        known += (known.empty() ? "'" : ", '") + one + "'";
    }
    throw Error(ErrorKind::badInput, "no class is called '" + name + "'; there are: " + known);
}

Forecasts forecastsOf(const CalibrationData& data, double temperature, const std::string& ofClass) {
    return ofClass.empty()
               ? analysis::topLabelForecasts(data.logits, data.labels, temperature)
               : analysis::classForecasts(data.logits, data.labels, labelOf(data, ofClass), temperature);
}

void setBins(Reliability& numbers, std::vector<analysis::ReliabilityBin> bins) {
    const analysis::CalibrationError error = analysis::calibrationError(bins);
    numbers.bins = std::move(bins);
    numbers.ece = error.ece;
    numbers.mce = error.mce;
    numbers.mceBin = error.mceBin;
}

/// What every row has in common, from its bins: one class has no NLL of its own.
void setMeansOfClass(Reliability& numbers) {
    numbers.nll = kNaN;
    numbers.brier = kNaN;
    numbers.accuracy = 0;
    numbers.meanConfidence = 0;
    for (const analysis::ReliabilityBin& bin : numbers.bins) {
        const double share = static_cast<double>(bin.count) / static_cast<double>(numbers.count);
        numbers.accuracy += share * bin.accuracy;
        numbers.meanConfidence += share * bin.meanConfidence;
    }
}

} // namespace

ReliabilityEntry diagramAt(const CalibrationData& data, double temperature, const DiagramChoice& choice,
                           const analysis::Resampling& resampling) {
    validate(choice);
    ReliabilityEntry entry;
    Reliability& numbers = entry.current;
    numbers = analysis::reliability(data.logits, data.labels, temperature, choice.binCount);
    if (!choice.plain() || choice.resampled()) {
        const bool secondClass = choice.ofClass.empty() && data.logits.cols() == 2 &&
                                 analysis::takesSecondClass(choice.convention);
        const Forecasts forecasts = secondClass
                                        ? analysis::classForecasts(data.logits, data.labels, 1, temperature)
                                        : forecastsOf(data, temperature, choice.ofClass);
        const auto edges =
            analysis::ConfidenceBins::of(choice.binning, forecasts.confidence, choice.binCount);
        setBins(numbers, analysis::binForecasts(forecasts, edges));
        if (secondClass || !choice.ofClass.empty()) {
            setMeansOfClass(numbers);
        }
        if (choice.convention != analysis::Convention::finescope) {
            const auto error = analysis::errorUnder(choice.convention, forecasts, choice.binCount);
            setBins(numbers, error.bins);
            numbers.ece = error.ece;
            if (!error.mce) {
                numbers.mce = kNaN;
                numbers.mceBin.reset();
            }
        }
        if (choice.intervals == AccuracyIntervals::bootstrap) {
            entry.intervals = analysis::bootstrapBand(forecasts, edges, resampling).accuracy;
        } else if (choice.intervals == AccuracyIntervals::consistency) {
            entry.intervals = analysis::consistencyBand(forecasts, edges, resampling).accuracy;
        }
    }
    if (choice.intervals == AccuracyIntervals::wilson) {
        entry.intervals = analysis::wilsonIntervals(numbers.bins);
    }
    return entry;
}

} // namespace finescope::figure
