#include "core/figure/calibration_view.h"

#include "core/error.h"
#include "core/figure/number_text.h"
#include "core/figure/run_style.h"

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
                                std::optional<record::EpochKey> key) {
    const record::SplitInfo* split = splitName.empty() ? defaultCalibrationSplit(run) : run.split(splitName);
    if (split == nullptr || split->logitKeys.empty()) {
        refuse(run, splitName.empty()
                        ? "holds no logits; calibration needs /splits/NAME/logits"
                        : "no logits for split '" + splitName + "'; it has them for: " + splitNames(run));
    }
    const auto block = blockAt(run, *split, key);
    if (!block) {
        refuse(run, "split '" + split->name + "' has no logits at epoch " + exact(key->epoch) + " of " +
                        (key->stage == record::Stage::linearProbing ? "linear probing" : "fine-tuning"));
    }
    CalibrationData data;
    data.split = split->name;
    data.key = split->logitKeys[*block];
    data.logits = run.parts->logits(*split, *block);
    data.labels = run.parts->labels(*split);
    const record::SplitInfo* validation = run.splitWithRole("validation");
    if (validation == nullptr) {
        return data;
    }
    if (const auto fitBlock = blockAt(run, *validation, data.key)) {
        data.fittedOn = validation->name;
        data.inSample = validation == split;
        data.fitted = data.inSample ? analysis::fitTemperature(data.logits, data.labels)
                                    : analysis::fitTemperature(run.parts->logits(*validation, *fitBlock),
                                                               run.parts->labels(*validation));
    }
    return data;
}

std::vector<ReliabilityEntry> reliabilityEntries(std::span<const record::Run> runs, const std::string& split,
                                                 const TemperatureChoice& temperature, bool before,
                                                 int binCount, std::optional<record::EpochKey> key) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    std::vector<ReliabilityEntry> entries;
    for (const std::size_t index : legendOrder(runs)) {
        const CalibrationData data = readCalibration(runs[index], split, key);
        if (temperature.fitted && !data.fitted) {
            refuse(runs[index], "no validation split with logits to fit the temperature on; give a number "
                                "instead of 'fitted'");
        }
        const double t = temperature.fitted ? data.fitted->value : temperature.value;
        ReliabilityEntry entry{.name = labels[index].name,
                               .style = labels[index].style,
                               .current = analysis::reliability(data.logits, data.labels, t, binCount),
                               .before = {}};
        if (before) {
            entry.before = analysis::reliability(data.logits, data.labels, 1.0, binCount);
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

TemperatureCurve temperatureCurve(const CalibrationData& data, double low, double high, int points,
                                  int binCount) {
    TemperatureCurve curve;
    for (int i = 0; i < points; ++i) {
        const double part = points > 1 ? static_cast<double>(i) / (points - 1) : 0;
        const double t = low * std::pow(high / low, part);
        const analysis::Reliability at = analysis::reliability(data.logits, data.labels, t, binCount);
        curve.temperature.push_back(t);
        curve.ece.push_back(at.ece);
        curve.mce.push_back(at.mce);
        curve.nll.push_back(at.nll);
    }
    if (data.fitted) {
        curve.optimum = analysis::reliability(data.logits, data.labels, data.fitted->value, binCount);
    }
    return curve;
}

} // namespace finescope::figure
