#include "core/figure/accuracy/accuracy_view.h"

#include "core/analysis/calibration/softmax.h"
#include "core/analysis/statistics/matthews.h"

namespace finescope::figure {

namespace {

double score(Metric metric, const Labels& predicted, const Labels& labels, int classes) {
    if (metric == Metric::matthews) {
        return analysis::matthewsCorrelation(predicted, labels, classes);
    }
    std::int64_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        right += labels[i] == predicted[i] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(labels.size());
}

} // namespace

Metric metricOf(const std::string& task) {
    return task == "cola" ? Metric::matthews : Metric::accuracy;
}

std::vector<AccuracyEntry> accuracyEntries(std::span<const record::Run> runs, Problems* problems) {
    std::vector<AccuracyEntry> entries;
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
                                   .value = score(metricOf(run.task), analysis::argmax(logits),
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
