#include "core/analysis/claims/structure_claims.h"

#include <functional>

namespace finescope::analysis {

namespace {

constexpr double kDiagonalShare = 0.95;
constexpr double kNearlyFlat = 0.1; // standard deviation over mean
constexpr double kRowsStay = 0.5;   // displacement of V, relative to ||V||_F at the start
constexpr double kRowsMove = 2;

Claim heatMaps(const ClaimStudy& study) {
    ClaimCases cases(
        "C22", "In the heat maps of FT and LP-FT at least " + claimNumber(100 * kDiagonalShare) +
                   " % of the diagonal trace norms of F exceed the mean of the others, the trace norms of "
                   "P vary by at most " +
                   claimNumber(100 * kNearlyFlat) +
                   " % (standard deviation over mean), and on CB pairs within classes 1 and 3 have a "
                   "higher mean trace norm of F than the other pairs");
    const auto part = [&](const std::string& name, const std::string& needs,
                          const std::function<void(const TaskRuns&, const char*)>& use) {
        cases.beginPart(name, needs);
        for (const TaskRuns& group : kernelRuns(study)) {
            for (const char* const method : {"ft", "lp-ft"}) {
                use(group, method);
            }
        }
    };
    const std::string kernels = "kernels (finescope-engine ntk) of ft or lp-ft runs";
    part("diagonal of F", kernels, [&](const TaskRuns& group, const char* method) {
        const auto share = meanOf(group, method, ofKernel(&ClaimKernel::diagonalShare));
        const auto ratio = meanOf(group, method, ofKernel(&ClaimKernel::diagonalRatio));
        if (share) {
            cases.add(group.label + ", " + method,
                      "share of the diagonal above the mean of the others " + share->text +
                          (ratio ? ", diagonal over others " + claimNumber(ratio->value) : ""),
                      share->value >= kDiagonalShare);
        }
    });
    part("P flat", kernels, [&](const TaskRuns& group, const char* method) {
        if (const auto variation = meanOf(group, method, ofKernel(&ClaimKernel::pVariation))) {
            cases.add(group.label + ", " + method, "variation of P " + variation->text,
                      variation->value <= kNearlyFlat);
        }
    });
    part("classes 1 and 3 of CB", kernels + " of the task cb",
         [&](const TaskRuns& group, const char* method) {
             const auto ratio = meanOf(group, method, ofKernel(&ClaimKernel::outerRatio));
             if (group.task == "cb" && ratio) {
                 cases.add(group.label + ", " + method,
                           "pairs within classes 1 and 3 over others " + ratio->text, ratio->value > 1);
             }
         });
    return cases.finish();
}

Claim maps(const ClaimStudy& study) {
    ClaimCases cases(
        "C23", "What the maps of features show, in numbers of the test split: FT moves the classifier "
               "rows by at most " +
                   claimNumber(kRowsStay) + " of their first norm, LP-FT by at least " +
                   claimNumber(kRowsMove) +
                   "; after FT more of the 10 nearest neighbours are of the same class than before; LP-FT "
                   "keeps more of the pre-trained neighbours than FT");
    cases.beginPart("rows stay in FT", "ft runs with classifier snapshots");
    for (const TaskRuns& group : taskRuns(study)) {
        if (const auto moved = meanOf(group, "ft", &ClaimRun::displacement)) {
            cases.add(group.label, "displacement of V " + moved->text, moved->value <= kRowsStay);
        }
    }
    cases.beginPart("rows move in LP-FT", "lp-ft runs with classifier snapshots");
    for (const TaskRuns& group : taskRuns(study)) {
        if (const auto moved = meanOf(group, "lp-ft", &ClaimRun::displacement)) {
            cases.add(group.label, "displacement of V " + moved->text, moved->value >= kRowsMove);
        }
    }
    cases.beginPart("features cluster in FT", "ft runs with features of the test split");
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : testSets(group)) {
            const auto before = meanOf(group, "ft", onSplit(set, &ClaimSplit::purityPretrained));
            const auto after = meanOf(group, "ft", onSplit(set, &ClaimSplit::purity));
            if (before && after) {
                cases.add(set.label,
                          "neighbours of the same class: pre-trained " + claimNumber(before->value) +
                              ", after " + after->text,
                          after->value > before->value);
            }
        }
    }
    cases.beginPart("LP-FT keeps structure",
                    "runs of lp-ft and ft of one task with features of the test split");
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : testSets(group)) {
            const Measure overlap = onSplit(set, &ClaimSplit::neighbourOverlap);
            addComparison(cases, set.label, "neighbours kept", meanOf(group, "lp-ft", overlap),
                          meanOf(group, "ft", overlap), std::greater<>{});
        }
    }
    return cases.finish();
}

} // namespace

std::vector<Claim> structureClaims(const ClaimStudy& study) {
    return {heatMaps(study), maps(study)};
}

} // namespace finescope::analysis
