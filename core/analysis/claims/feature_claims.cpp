#include "core/analysis/claims/feature_claims.h"

#include <functional>

namespace finescope::analysis {

namespace {

/// C4 and C5: features move less with probing first. `names`: the methods in the title.
Claim probingSparesFeatures(const ClaimStudy& study, const char* id, const std::string& names,
                            const std::string& probing, const std::string& plain) {
    ClaimCases cases(id, "The mean distance of features from the pre-trained ones is smaller " + names +
                             ", on every test and out-of-distribution split");
    cases.beginPart("", "runs of " + probing + " and " + plain + " of one task with features");
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : evaluationSets(group)) {
            const Measure difference = onSplit(set, &ClaimSplit::difference);
            addComparison(cases, set.label, "difference", meanOf(group, probing, difference),
                          meanOf(group, plain, difference), std::less<>{});
        }
    }
    return cases.finish();
}

Claim cosinesAreOrdered(const ClaimStudy& study) {
    ClaimCases cases("C6",
                     "Cosine similarity among features: pre-trained > LP-FT > FT, strictly, on every test "
                     "and out-of-distribution split");
    cases.beginPart("", "runs of lp-ft and ft of one task with features");
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : evaluationSets(group)) {
            const Measure after = onSplit(set, &ClaimSplit::cosine);
            const auto before = meanOf(group, "lp-ft", onSplit(set, &ClaimSplit::cosinePretrained));
            const auto probing = meanOf(group, "lp-ft", after), plain = meanOf(group, "ft", after);
            if (before && probing && plain) {
                cases.add(set.label,
                          "cosine similarity pre-trained " + claimNumber(before->value) + ", " +
                              probing->text + ", " + plain->text,
                          before->value > probing->value && probing->value > plain->value);
            }
        }
    }
    return cases.finish();
}

Claim fisherRatios(const ClaimStudy& study) {
    ClaimCases cases("C7",
                     "Fisher's ratio of LP-FT's features is below FT's on the test split and above it out of "
                     "distribution");
    const auto part = [&](bool outOfDistribution, const std::function<bool(double, double)>& relation) {
        for (const TaskRuns& group : taskRuns(study)) {
            for (const EvaluationSet& set : evaluationSets(group)) {
                if (set.outOfDistribution == outOfDistribution) {
                    const Measure fisher = onSplit(set, &ClaimSplit::fisher);
                    addComparison(cases, set.label, "FDR", meanOf(group, "lp-ft", fisher),
                                  meanOf(group, "ft", fisher), relation);
                }
            }
        }
    };
    cases.beginPart("in distribution", "runs of lp-ft and ft of one task with features");
    part(false, std::less<>{});
    cases.beginPart("out of distribution", "such runs with an out-of-distribution split (train --ood)");
    part(true, std::greater<>{});
    return cases.finish();
}

} // namespace

std::vector<Claim> featureClaims(const ClaimStudy& study) {
    return {probingSparesFeatures(study, "C4", "in LP-FT than in FT", "lp-ft", "ft"),
            probingSparesFeatures(study, "C5", "in LP-LoRA than in LoRA", "lp-lora", "lora"),
            cosinesAreOrdered(study), fisherRatios(study)};
}

} // namespace finescope::analysis
