#include "core/figure/chart/split_features.h"

#include <vector>

namespace finescope::figure {

void forEachSplitFeatures(std::span<const record::Run> runs, const std::string& splitName,
                          const analysis::WorkHooks& hooks, const std::string& what,
                          const std::function<void(const RunFeatures&, const analysis::WorkHooks&)>& use,
                          Problems* problems) {
    const std::vector<RunLabel> labels = labelRuns(runs);
    const std::vector<std::size_t> order = legendOrder(runs);
    const auto count = static_cast<double>(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const record::Run& run = runs[order[i]];
        const record::SplitInfo* split = run.split(splitName);
        if (split == nullptr || split->pretrainedFeatureWidth + split->featureWidth == 0) {
            continue;
        }
        analysis::throwIfCancelled(hooks, what);
        attempt(run, problems, [&] {
            RunFeatures features{analysis::readFeatures(run, *split)};
            features.run = order[i];
            features.label = labels[order[i]];
            use(features,
                analysis::part(hooks, static_cast<double>(i) / count, static_cast<double>(i + 1) / count));
        });
    }
}

} // namespace finescope::figure
