#include "core/figure/accuracy/accuracy_view.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/statistics/matthews.h"

#include <algorithm>
#include <map>

namespace finescope::figure {

namespace {

using analysis::TaskMetric;

double score(TaskMetric metric, const Labels& predicted, const Labels& labels, int classes) {
    if (metric == TaskMetric::matthews) {
        return analysis::matthewsCorrelation(predicted, labels, classes);
    }
    std::int64_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        right += labels[i] == predicted[i] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

} // namespace

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
            const auto block = run.reportedLogits(split);
            if (!block || split.rows == 0) {
                continue;
            }
            attempt(run, problems, [&] {
                const MatrixF logits = run.parts->logits(split, *block);
                entries.push_back({.run = index,
                                   .split = split.name,
                                   .value = score(metrics.at(datasetOf(run)), analysis::argmax(logits),
                                                  run.parts->labels(split), static_cast<int>(logits.cols())),
                                   .collapsed = collapsedClassName(run, split)});
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
