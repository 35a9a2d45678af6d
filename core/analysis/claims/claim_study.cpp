#include "core/analysis/claims/claim_study.h"

#include "core/analysis/run/run_traits.h"
#include "core/analysis/statistics/seed_statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace finescope::analysis {

namespace {

/// Groups by task, model and kernel order; `order` is 0 where kernels do not matter, absent to leave a run
/// out.
std::vector<TaskRuns> grouped(const ClaimStudy& study,
                              const std::function<std::optional<std::int64_t>(const ClaimRun&)>& order) {
    std::set<std::string> models;
    for (const ClaimRun& run : study.runs) {
        models.insert(run.model);
    }
    std::vector<TaskRuns> groups;
    for (const ClaimRun& run : study.runs) {
        const auto size = order(run);
        if (!size) {
            continue;
        }
        std::string label = run.task;
        if (models.size() > 1) {
            label += ", " + run.model;
        }
        if (*size > 0) {
            label += " (kernel of order " + std::to_string(*size) + ")";
        }
        auto group = std::ranges::find(groups, label, &TaskRuns::label);
        if (group == groups.end()) {
            groups.push_back({std::move(label), run.task, run.model, {}});
            group = groups.end() - 1;
        }
        group->runs.push_back(&run);
    }
    return groups;
}

std::string counted(std::size_t count, const std::string& what) {
    return count == 0 ? "" : std::to_string(count) + (count == 1 ? " run " : " runs ") + what;
}

} // namespace

ClaimStudy claimStudy(std::span<const record::Run> runs) {
    std::map<std::tuple<std::string, std::string, std::string, std::int64_t, double>, const record::Run*>
        newest;
    std::size_t incomplete = 0, complete = 0;
    for (const record::Run& run : runs) {
        if (run.progress.status != record::Status::complete) {
            ++incomplete;
            continue;
        }
        ++complete;
        const record::Run*& kept = newest[{run.task, run.model, run.method, run.seed, classifierScale(run)}];
        if (kept == nullptr || kept->created <= run.created) { // ISO 8601 in UTC: order of text is of time
            kept = &run;
        }
    }
    ClaimStudy study;
    for (const auto& [key, run] : newest) {
        study.runs.push_back(claimRun(*run));
    }
    study.leftOut = counted(incomplete, "left out: not complete");
    const std::string older = counted(complete - newest.size(), "left out: a newer one of the same settings");
    study.leftOut += (study.leftOut.empty() || older.empty() ? "" : "; ") + older;
    return study;
}

std::vector<TaskRuns> taskRuns(const ClaimStudy& study) {
    return grouped(study, [](const ClaimRun& run) {
        return run.classifierScale == 1 ? std::optional<std::int64_t>(0) : std::nullopt;
    });
}

std::vector<TaskRuns> taskRunsOfAllScales(const ClaimStudy& study) {
    return grouped(study, [](const ClaimRun&) { return std::int64_t{0}; });
}

std::vector<TaskRuns> kernelRuns(const ClaimStudy& study) {
    return grouped(study, [](const ClaimRun& run) {
        return run.classifierScale == 1 && run.kernel
                   ? std::optional(run.kernel->samples * run.kernel->classes)
                   : std::nullopt;
    });
}

std::vector<EvaluationSet> evaluationSets(const TaskRuns& group) {
    std::vector<EvaluationSet> sets;
    for (const ClaimRun* run : group.runs) {
        for (const ClaimSplit& split : run->splits) {
            if (std::ranges::find(sets, split.name, &EvaluationSet::name) == sets.end()) {
                sets.push_back({split.name,
                                split.outOfDistribution ? group.label + " -> " + split.name : group.label,
                                split.outOfDistribution});
            }
        }
    }
    std::ranges::stable_partition(sets, [](const EvaluationSet& set) { return !set.outOfDistribution; });
    return sets;
}

std::vector<EvaluationSet> testSets(const TaskRuns& group) {
    std::vector<EvaluationSet> sets = evaluationSets(group);
    std::erase_if(sets, [](const EvaluationSet& set) { return set.outOfDistribution; });
    return sets;
}

Measure onSplit(const EvaluationSet& set, std::optional<double> ClaimSplit::*number) {
    return [name = set.name, number](const ClaimRun& run) {
        const auto split = std::ranges::find(run.splits, name, &ClaimSplit::name);
        return split == run.splits.end() ? std::nullopt : (*split).*number;
    };
}

Measure ofKernel(std::optional<double> ClaimKernel::*number) {
    return [number](const ClaimRun& run) { return run.kernel ? (*run.kernel).*number : std::nullopt; };
}

Measure ofKernelPart(KernelPart part, std::optional<double> ClaimKernelPart::*number) {
    return [part, number](const ClaimRun& run) {
        return run.kernel ? run.kernel->part(part).*number : std::nullopt;
    };
}

std::optional<MethodMean> meanOf(const TaskRuns& group, std::string_view method, const Measure& measure) {
    std::vector<double> values;
    std::int64_t collapsed = 0;
    for (const ClaimRun* run : group.runs) {
        if (run->method != method) {
            continue;
        }
        if (const auto value = measure(*run); value && std::isfinite(*value)) {
            values.push_back(*value);
            collapsed += run->collapsed ? 1 : 0;
        }
    }
    if (values.empty()) {
        return std::nullopt;
    }
    const SeedStatistics statistics = seedStatistics(values, Spread::standardDeviation);
    std::string text = std::string(method) + " " + claimNumber(statistics.mean);
    if (statistics.n > 1) {
        text += " ± " + claimNumber(statistics.standardDeviation);
    }
    text += " (n = " + std::to_string(statistics.n) +
            (collapsed > 0 ? ", " + std::to_string(collapsed) + " collapsed)" : ")");
    return MethodMean{statistics.mean, std::move(text)};
}

void addComparison(ClaimCases& cases, const std::string& subject, const std::string& quantity,
                   const std::optional<MethodMean>& one, const std::optional<MethodMean>& other,
                   const std::function<bool(double, double)>& relation) {
    if (one && other) {
        cases.add(subject, quantity + " " + one->text + ", " + other->text,
                  relation(one->value, other->value));
    }
}

} // namespace finescope::analysis
