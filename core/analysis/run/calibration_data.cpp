#include "core/analysis/run/calibration_data.h"

#include "core/analysis/run/classifier_norms.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace finescope::analysis {

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

[[noreturn]] void refuseEpoch(const record::Run& run, const record::SplitInfo& split,
                              const record::EpochKey& key) {
    std::array<char, 32> epoch{};
    const auto end = std::to_chars(epoch.data(), epoch.data() + epoch.size(), key.epoch).ptr;
    refuse(run, "split '" + split.name + "' has no logits at epoch " + std::string(epoch.data(), end) +
                    " of " + (key.stage == record::Stage::linearProbing ? "linear probing" : "fine-tuning"));
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
    if (!fitOn.empty()) {
        const record::SplitInfo* split = namedSplit(run, fitOn);
        const auto block = logitsAt(run, *split, key);
        if (!block) {
            refuseEpoch(run, *split, *key);
        }
        return FitPlace{split, *block};
    }
    for (const record::SplitInfo& split : run.splits) {
        const bool usable = split.role == "validation" && split.rows > 0;
        if (const auto block = usable ? logitsAt(run, split, key) : std::nullopt) {
            return FitPlace{&split, *block};
        }
    }
    return std::nullopt;
}

/// Where reportedTemperature() fits.
std::optional<FitPlace> reportedFitPlace(const record::Run& run) {
    const record::SplitInfo* shown = defaultCalibrationSplit(run);
    const auto block = shown == nullptr ? std::nullopt : run.reportedLogits(*shown);
    return block ? fitPlace(run, {}, shown->logitKeys[*block]) : std::nullopt;
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
    const auto block = logitsAt(run, *split, key);
    if (!block) {
        refuseEpoch(run, *split, *key);
    }
    CalibrationData data{readLogits(run, *split, *block)};
    data.classNames = run.classNames;
    data.classifierNorm = classifierNormsAt(run, data.key).weight;
    if (const auto fit = fitPlace(run, fitOn, data.key)) {
        data.fittedOn = fit->split->name;
        data.inSample = fit->split == split;
        if (data.inSample) {
            data.fitted = fitTemperature(data.logits, data.labels);
        } else {
            const SplitLogits on = readLogits(run, *fit->split, fit->block);
            data.fitted = fitTemperature(on.logits, on.labels);
        }
    }
    return data;
}

std::optional<SplitLogits> readFitSplit(const record::Run& run, const std::string& fitOn,
                                        std::optional<record::EpochKey> key) {
    const auto fit = fitPlace(run, fitOn, key);
    return fit ? std::optional(readLogits(run, *fit->split, fit->block)) : std::nullopt;
}

const record::SplitInfo* temperatureSplit(const record::Run& run) {
    const auto fit = reportedFitPlace(run);
    return fit ? fit->split : nullptr;
}

std::optional<RunTemperature> reportedTemperature(const record::Run& run) {
    const auto fit = reportedFitPlace(run);
    if (!fit) {
        return std::nullopt;
    }
    const SplitLogits on = readLogits(run, *fit->split, fit->block);
    return RunTemperature{
        .fitted = fitTemperature(on.logits, on.labels), .fittedOn = on.split, .key = on.key};
}

} // namespace finescope::analysis
