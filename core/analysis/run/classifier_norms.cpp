#include "core/analysis/run/classifier_norms.h"

#include <algorithm>
#include <string_view>

namespace finescope::analysis {

ClassifierNorms classifierNormsAt(const record::Run& run, record::EpochKey key) {
    if (const auto row = run.classifierRow(key)) {
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

} // namespace finescope::analysis
