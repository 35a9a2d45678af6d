#include "core/figure/calibration/calibration_view.h"

#include "core/error.h"
#include "core/figure/calibration/reliability_diagram.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <cmath>

namespace finescope::figure {

using analysis::CalibrationData;

std::string fitCaution(const CalibrationData& data) {
    if (!data.fitted) {
        return {};
    }
    std::string caution;
    if (data.inSample) {
        caution = "T was fitted on the very rows that are shown, the " + data.fittedOn +
                  " split (in-sample), which flatters it";
    }
    if (const std::string why = analysis::inWords(data.fitted->why); !why.empty()) {
        caution += caution.empty() ? "" : "; ";
        caution += data.fitted->atBound ? "T = " + exact(data.fitted->value) + " is the end of its range: "
                                        : "T stays " + exact(data.fitted->value) + ": ";
        caution += why;
    }
    return caution;
}

double chosenTemperature(const record::Run& run, const CalibrationData& data,
                         const TemperatureChoice& choice) {
    if (choice.fitted && !data.fitted) {
        throw Error(ErrorKind::badInput,
                    run.file.string() + ": no validation split with logits to fit the temperature on; give a "
                                        "number instead of 'fitted', or name another split to fit on "
                                        "(--fit-on)");
    }
    return choice.fitted ? data.fitted->value : choice.value;
}

std::vector<ReliabilityEntry> reliabilityEntries(std::span<const record::Run> runs, const std::string& split,
                                                 const TemperatureChoice& temperature, bool before,
                                                 const DiagramChoice& choice,
                                                 std::optional<record::EpochKey> key,
                                                 const std::string& fitOn, Problems* problems) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    DiagramChoice withoutIntervals = choice;
    withoutIntervals.intervals = AccuracyIntervals::none;
    std::vector<ReliabilityEntry> entries;
    for (const std::size_t index : legendOrder(runs)) {
        attempt(runs[index], problems, [&] {
            const CalibrationData data = analysis::readCalibration(runs[index], split, key, fitOn);
            const double t = chosenTemperature(runs[index], data, temperature);
            ReliabilityEntry entry = diagramAt(data, t, choice);
            entry.name = labels[index].name;
            entry.style = labels[index].style;
            entry.caution = temperature.fitted ? fitCaution(data) : std::string{};
            if (before) {
                entry.before = diagramAt(data, 1.0, withoutIntervals).current;
            }
            entries.push_back(std::move(entry));
        });
    }
    return entries;
}

Range temperatureRange(std::span<const CalibrationData> data) {
    Range range{0.05, 20};
    for (const CalibrationData& run : data) {
        if (run.fitted && run.fitted->value < range.low) {
            range.low = run.fitted->value / 2;
        } else if (run.fitted && run.fitted->value > range.high) {
            range.high = run.fitted->value * 2;
        }
    }
    return range;
}

TemperatureCurve temperatureCurve(const CalibrationData& data, double low, double high, int points,
                                  int binCount) {
    const auto exactly = [&](double temperature) {
        return analysis::reliability(data.logits, data.labels, temperature, binCount);
    };
    return temperatureCurve(data, exactly, {low, high}, points, binCount);
}

TemperatureCurve temperatureCurve(const CalibrationData& data, const NumbersAt& numbersAt, const Range& range,
                                  int points, int binCount) {
    TemperatureCurve curve{
        .fittedOn = data.fittedOn, .classifierNorm = data.classifierNorm, .caution = fitCaution(data)};
    for (int i = 0; i < points; ++i) {
        const double part = points > 1 ? static_cast<double>(i) / (points - 1) : 0;
        const double temperature = range.low * std::pow(range.high / range.low, part);
        const analysis::Reliability at = numbersAt(temperature);
        curve.temperature.push_back(temperature);
        curve.ece.push_back(at.ece);
        curve.mce.push_back(at.mce);
        curve.nll.push_back(at.nll);
        curve.brier.push_back(at.brier);
    }
    if (data.fitted) {
        curve.optimum = analysis::reliability(data.logits, data.labels, data.fitted->value, binCount);
    }
    return curve;
}

} // namespace finescope::figure
