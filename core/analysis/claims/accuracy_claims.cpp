#include "core/analysis/claims/accuracy_claims.h"

#include <algorithm>
#include <functional>

namespace finescope::analysis {

namespace {

constexpr double kWithin = 0.001; // 0.1 points
constexpr double kRounding = 1e-9;

std::string metricName(const TaskRuns& group) {
    const bool matthews = std::ranges::any_of(
        group.runs, [](const ClaimRun* run) { return run->taskMetric == TaskMetric::matthews; });
    return matthews ? "Matthews correlation" : "accuracy";
}

/// `one` against `other` on the splits that `wanted` lets through.
void compareMethods(ClaimCases& cases, const ClaimStudy& study, const char* one, const char* other,
                    const std::function<bool(double, double)>& relation,
                    const std::function<bool(const TaskRuns&, const EvaluationSet&)>& wanted) {
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : evaluationSets(group)) {
            if (wanted(group, set)) {
                const Measure metric = onSplit(set, &ClaimSplit::metric);
                addComparison(cases, set.label, metricName(group), meanOf(group, one, metric),
                              meanOf(group, other, metric), relation);
            }
        }
    }
}

Claim probingFirstIsBetter(const ClaimStudy& study) {
    ClaimCases cases("C19",
                     "LP-FT is more accurate than FT on the test split and out of distribution; where there "
                     "are out-of-distribution splits, on all of a task's splits also more than LoRA "
                     "(Matthews correlation for CoLA)");
    cases.beginPart("above FT, in distribution", "runs of lp-ft and ft of one task");
    compareMethods(cases, study, "lp-ft", "ft", std::greater<>{},
                   [](const TaskRuns&, const EvaluationSet& set) { return !set.outOfDistribution; });
    cases.beginPart("above FT, out of distribution",
                    "runs of lp-ft and ft with an out-of-distribution split (train --ood)");
    compareMethods(cases, study, "lp-ft", "ft", std::greater<>{},
                   [](const TaskRuns&, const EvaluationSet& set) { return set.outOfDistribution; });
    cases.beginPart("above LoRA", "runs of lp-ft and lora with an out-of-distribution split (train --ood)");
    compareMethods(cases, study, "lp-ft", "lora", std::greater<>{},
                   [](const TaskRuns& group, const EvaluationSet&) {
                       return std::ranges::any_of(evaluationSets(group), &EvaluationSet::outOfDistribution);
                   });
    return cases.finish();
}

Claim probingAloneIsWorse(const ClaimStudy& study) {
    ClaimCases cases("C20",
                     "LP is less accurate than FT on every test and out-of-distribution split (Matthews "
                     "correlation for CoLA)");
    cases.beginPart("", "runs of lp and ft of one task");
    compareMethods(cases, study, "lp", "ft", std::less<>{},
                   [](const TaskRuns&, const EvaluationSet&) { return true; });
    return cases.finish();
}

Claim pubMed(const ClaimStudy& study) {
    ClaimCases cases("C21",
                     "On PubMed LoRA is the most accurate of the five methods, and FT, LP-FT and LoRA lie "
                     "within " +
                         claimNumber(100 * kWithin) + " points of accuracy");
    cases.beginPart("", "runs of ft, lp-ft and lora of the task pubmed");
    for (const TaskRuns& group : taskRuns(study)) {
        if (!group.task.starts_with("pubmed")) {
            continue;
        }
        for (const EvaluationSet& set : testSets(group)) {
            const auto accuracyOf = [&](const char* method) {
                return meanOf(group, method, onSplit(set, &ClaimSplit::metric));
            };
            const auto plain = accuracyOf("ft"), probing = accuracyOf("lp-ft"), lora = accuracyOf("lora");
            if (!plain || !probing || !lora) {
                continue;
            }
            std::string numbers = "accuracy " + lora->text;
            bool best = true;
            for (const auto& other : {plain, probing, accuracyOf("lp"), accuracyOf("lp-lora")}) {
                if (other) {
                    numbers += ", " + other->text;
                    best = best && lora->value > other->value;
                }
            }
            const auto [low, high] = std::minmax({plain->value, probing->value, lora->value});
            cases.add(set.label, numbers + ", spread of ft, lp-ft, lora " + claimNumber(high - low),
                      best && high - low <= kWithin + kRounding);
        }
    }
    return cases.finish();
}

} // namespace

std::vector<Claim> accuracyClaims(const ClaimStudy& study) {
    return {probingFirstIsBetter(study), probingAloneIsWorse(study), pubMed(study)};
}

} // namespace finescope::analysis
