#include "core/analysis/run/collapsed_class.h"

#include "core/analysis/calibration/softmax.h"

#include <algorithm>

namespace finescope::analysis {

bool countsAsCollapse(const record::SplitInfo& split) {
    return split.role == "test" || split.role == "ood";
}

std::optional<std::int64_t> collapsedClass(const SplitLogits& split) {
    const auto allEqual = [](const Labels& classes) {
        return std::ranges::all_of(classes, [&](auto one) { return one == classes.front(); });
    };
    if (allEqual(split.labels)) {
        return std::nullopt;
    }
    const Labels predicted = argmax(split.logits);
    return allEqual(predicted) ? std::optional(predicted.front()) : std::nullopt;
}

std::optional<std::int64_t> collapsedClass(const record::Run& run, const record::SplitInfo& split) {
    const auto read = readReportedLogits(run, split);
    return read ? collapsedClass(*read) : std::nullopt;
}

} // namespace finescope::analysis
