#include "core/figure/calibration/calibration_view.h"

#include "core/analysis/compute/validation.h"
#include "core/analysis/run/classifier_norms.h"
#include "core/error.h"
#include "core/figure/calibration/reliability_diagram.h"
#include "core/figure/label/class_name.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>

namespace finescope::figure {

namespace {

[[noreturn]] void refuse(const record::Run& run, const std::string& what) {
    throw Error(ErrorKind::badInput, run.file.string() + ": " + what);
}

std::string splitNames(const record::Run& run) {
    std::string names;
    for (const record::SplitInfo& split : run.splits) {
        if (!split.logitKeys.empty()) {
            names += (names.empty() ? "" : ", ") + split.name;
        }
    }
    return names.empty() ? "none" : names;
}

/// Index of the logits of `split` at `key`, or at the reported model.
std::optional<std::size_t> blockAt(const record::Run& run, const record::SplitInfo& split,
                                   std::optional<record::EpochKey> key) {
    if (!key) {
        return run.reportedLogits(split);
    }
    const auto found = std::ranges::find(split.logitKeys, *key);
    return found == split.logitKeys.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - split.logitKeys.begin()));
}

[[noreturn]] void refuseEpoch(const record::Run& run, const record::SplitInfo& split,
                              const record::EpochKey& key) {
    refuse(run, "split '" + split.name + "' has no logits at epoch " + exact(key.epoch) + " of " +
                    (key.stage == record::Stage::linearProbing ? "linear probing" : "fine-tuning"));
}

/// Names the file and the split of what analysis would refuse without knowing where it is from.
void requireUsable(const record::Run& run, const record::SplitInfo& split, const MatrixF& logits,
                   const Labels& labels) {
    try {
        analysis::requireLogitsAndLabels(logits, labels);
    } catch (const Error& error) {
        refuse(run, "split '" + split.name + "': " + error.what());
    }
}

const record::SplitInfo* namedSplit(const record::Run& run, const std::string& name) {
    const record::SplitInfo* split = run.split(name);
    if (split == nullptr || split->logitKeys.empty()) {
        refuse(run, "no logits for split '" + name + "'; it has them for: " + splitNames(run));
    }
    return split;
}

/// The rows that a temperature is fitted on.
struct FitPlace {
    const record::SplitInfo* split = nullptr;
    std::size_t block = 0;
};

/// Of the split named, which must be there, or of the validation split, which need not.
std::optional<FitPlace> fitPlace(const record::Run& run, const std::string& fitOn,
                                 std::optional<record::EpochKey> key) {
    const record::SplitInfo* split = fitOn.empty() ? run.splitWithRole("validation") : namedSplit(run, fitOn);
    const auto block =
        split == nullptr || split->logitKeys.empty() ? std::nullopt : blockAt(run, *split, key);
    if (block) {
        return FitPlace{split, *block};
    }
    if (!fitOn.empty()) {
        refuseEpoch(run, *split, key.value_or(record::EpochKey{}));
    }
    return std::nullopt;
}

} // namespace

const record::SplitInfo* defaultCalibrationSplit(const record::Run& run) {
    for (const char* role : {"test", "validation", "ood", "train"}) {
        for (const record::SplitInfo& split : run.splits) {
            if (split.role == role && !split.logitKeys.empty()) {
                return &split;
            }
        }
    }
    const auto any =
        std::ranges::find_if(run.splits, [](const auto& split) { return !split.logitKeys.empty(); });
    return any == run.splits.end() ? nullptr : &*any;
}

CalibrationData readCalibration(const record::Run& run, const std::string& splitName,
                                std::optional<record::EpochKey> key, const std::string& fitOn) {
    if (splitName.empty() && defaultCalibrationSplit(run) == nullptr) {
        refuse(run, "holds no logits; calibration needs /splits/NAME/logits");
    }
    const record::SplitInfo* split =
        splitName.empty() ? defaultCalibrationSplit(run) : namedSplit(run, splitName);
    const auto block = blockAt(run, *split, key);
    if (!block) {
        refuseEpoch(run, *split, *key);
    }
    CalibrationData data;
    data.split = split->name;
    data.key = split->logitKeys[*block];
    data.logits = run.parts->logits(*split, *block);
    data.labels = run.parts->labels(*split);
    requireUsable(run, *split, data.logits, data.labels);
    data.classNames = classNames(run.classNames, data.logits.cols());
    data.classifierNorm = analysis::classifierNormsAt(run, *data.key).weight;
    if (const auto fit = fitPlace(run, fitOn, data.key)) {
        data.fittedOn = fit->split->name;
        data.inSample = fit->split == split;
        if (data.inSample) {
            data.fitted = analysis::fitTemperature(data.logits, data.labels);
        } else {
            const MatrixF logits = run.parts->logits(*fit->split, fit->block);
            const Labels labels = run.parts->labels(*fit->split);
            requireUsable(run, *fit->split, logits, labels);
            data.fitted = analysis::fitTemperature(logits, labels);
        }
    }
    return data;
}

std::optional<FitSplit> readFitSplit(const record::Run& run, const std::string& fitOn,
                                     std::optional<record::EpochKey> key) {
    const auto fit = fitPlace(run, fitOn, key);
    if (!fit) {
        return std::nullopt;
    }
    return FitSplit{fit->split->name, run.parts->logits(*fit->split, fit->block),
                    run.parts->labels(*fit->split)};
}

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
        refuse(run, "no validation split with logits to fit the temperature on; give a number instead of "
                    "'fitted', or name another split to fit on (--fit-on)");
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
            const CalibrationData data = readCalibration(runs[index], split, key, fitOn);
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
