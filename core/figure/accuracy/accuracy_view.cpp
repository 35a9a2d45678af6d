#include "core/figure/accuracy/accuracy_view.h"

#include "core/analysis/run/split_logits.h"
#include "core/analysis/run/split_scores.h"

#include <algorithm>
#include <map>

namespace finescope::figure {

using analysis::TaskMetric;

TaskMetric metricOf(std::span<const record::Run> runs, const Dataset& dataset) {
    const auto first = std::ranges::find(runs, dataset, datasetOf);
    return first == runs.end() ? TaskMetric::accuracy : analysis::taskMetric(*first);
}

std::vector<AccuracyEntry> accuracyEntries(std::span<const record::Run> runs, Problems* problems) {
    std::vector<AccuracyEntry> entries;
    std::map<Dataset, TaskMetric> metrics;
    for (const Dataset& dataset : datasetsOf(runs)) {
        metrics.emplace(dataset, metricOf(runs, dataset));
    }
    for (std::size_t index = 0; index < runs.size(); ++index) {
        const record::Run& run = runs[index];
        for (const record::SplitInfo& split : run.splits) {
            attempt(run, problems, [&] {
                if (const auto read = analysis::readReportedLogits(run, split)) {
                    entries.push_back({.run = index,
                                       .split = split.name,
                                       .value = analysis::splitScore(read->logits, read->labels,
                                                                     metrics.at(datasetOf(run))),
                                       .collapsed = collapsedClassName(run, split, *read)});
                }
            });
        }
    }
    return entries;
}

std::vector<Collapse> collapses(std::span<const AccuracyEntry> entries) {
    std::vector<Collapse> all;
    for (const AccuracyEntry& entry : entries) {
        if (entry.collapsed) {
            all.push_back({entry.run, entry.split, *entry.collapsed});
        }
    }
    return all;
}

} // namespace finescope::figure
