#include "core/figure/label/dataset.h"

#include <algorithm>
#include <set>

namespace finescope::figure {

Dataset datasetOf(const record::Run& run) {
    return {run.task, run.model};
}

std::vector<Dataset> datasetsOf(std::span<const record::Run> runs) {
    std::set<Dataset> all;
    for (const record::Run& run : runs) {
        all.insert(datasetOf(run));
    }
    return {all.begin(), all.end()};
}

std::string datasetName(const Dataset& dataset, std::span<const Dataset> all) {
    const bool models =
        std::ranges::any_of(all, [&](const Dataset& other) { return other.model != dataset.model; });
    return models && !dataset.model.empty() ? dataset.task + " (" + dataset.model + ")" : dataset.task;
}

} // namespace finescope::figure
