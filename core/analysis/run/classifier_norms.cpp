#include "core/analysis/run/classifier_norms.h"

#include <algorithm>
#include <string_view>

namespace finescope::analysis {

ClassifierNorms classifierNormsAt(const record::Run& run, record::EpochKey key) {
    if (const auto row = run.parts ? run.classifierRow(key) : std::nullopt) {
        const record::ClassifierSnapshot snapshot = run.parts->classifier(*row);
        return {snapshot.weight.cast<double>().norm(), snapshot.bias.cast<double>().norm()};
    }
    const auto found = std::ranges::find(run.epochs.keys, key);
    if (found == run.epochs.keys.end()) {
        return {};
    }
    const auto row = static_cast<std::size_t>(found - run.epochs.keys.begin());
    const auto recorded = [&](std::string_view name) {
        const record::Series* series = run.epochs.find(name);
        return series != nullptr ? std::optional(series->values[row]) : std::nullopt;
    };
    return {recorded("classifier_weight_norm"), recorded("classifier_bias_norm")};
}

RunNorms runNorms(const record::Run& run) {
    // A file of snapshots alone, without /epochs, is read by its first and last snapshot.
    const auto& keys = run.epochs.rows() > 0 ? run.epochs.keys : run.classifierKeys;
    const auto at = [&](std::optional<record::EpochKey> key) {
        return key ? classifierNormsAt(run, *key) : ClassifierNorms{};
    };
    constexpr record::EpochKey kProbed{1, record::Stage::linearProbing};
    ClassifierNorms initial, probed, reported = at(run.reportedKey());
    if (!keys.empty()) {
        initial = at(keys.front());
        probed = std::ranges::find(keys, kProbed) != keys.end() ? at(kProbed) : ClassifierNorms{};
        reported = run.reportedKey() ? reported : at(keys.back());
    }
    return {.weight = {initial.weight, probed.weight, reported.weight},
            .bias = {initial.bias, probed.bias, reported.bias}};
}

std::optional<double> startNorm(const record::Run& run) {
    return classifierNormsAt(run, {.epoch = 0, .stage = record::Stage::fineTuning}).weight;
}

} // namespace finescope::analysis
