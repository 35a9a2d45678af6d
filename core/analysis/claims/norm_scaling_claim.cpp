#include "core/analysis/claims/norm_scaling_claim.h"

#include "core/analysis/statistics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace finescope::analysis {

namespace {

constexpr double kAlmostMonotone = -0.8; // rank correlation
constexpr std::size_t kFewestScales = 3;

/// Mean feature difference of one method on one split against its mean starting norm, by rising norm; one
/// point a classifier scale.
struct Curve {
    struct Point {
        double norm = 0, difference = 0;
    };
    std::vector<Point> points;
    std::string text;
};

Curve curveOf(const TaskRuns& group, const EvaluationSet& set, std::string_view method) {
    std::set<double> scales;
    for (const ClaimRun* run : group.runs) {
        if (run->method == method) {
            scales.insert(run->classifierScale);
        }
    }
    Curve curve;
    for (const double scale : scales) {
        TaskRuns scaled = group;
        std::erase_if(scaled.runs, [&](const ClaimRun* run) { return run->classifierScale != scale; });
        const auto norm = meanOf(scaled, method, &ClaimRun::startNorm);
        const auto difference = meanOf(scaled, method, onSplit(set, &ClaimSplit::difference));
        if (norm && difference) {
            curve.points.push_back({norm->value, difference->value});
            curve.text += (curve.text.empty() ? "" : "; ") + std::string("norm ") + claimNumber(norm->value) +
                          " " + difference->text;
        }
    }
    std::ranges::sort(curve.points, {}, &Curve::Point::norm);
    return curve;
}

/// Between the points, linear in the logarithm of the norm; nullopt outside.
std::optional<double> differenceAt(const Curve& curve, double norm) {
    for (std::size_t i = 1; i < curve.points.size(); ++i) {
        const auto& [left, leftDifference] = curve.points[i - 1];
        const auto& [right, rightDifference] = curve.points[i];
        if (left <= norm && norm <= right && left > 0 && left < right) {
            const double part = std::log(norm / left) / std::log(right / left);
            return leftDifference + part * (rightDifference - leftDifference);
        }
    }
    return std::nullopt;
}

void addMonotone(ClaimCases& cases, const std::string& subject, const Curve& curve) {
    std::vector<double> norms, differences;
    for (const auto& [norm, difference] : curve.points) {
        norms.push_back(norm);
        differences.push_back(difference);
    }
    if (norms.size() < kFewestScales) {
        return;
    }
    // Differences that are all equal do not decrease.
    const double correlation = rankCorrelation(norms, differences).value_or(0);
    cases.add(subject, "difference at " + curve.text + "; rank correlation " + claimNumber(correlation),
              correlation <= kAlmostMonotone);
}

void addAtLargeNorm(ClaimCases& cases, const std::string& subject, const Curve& probing, const Curve& plain) {
    if (probing.points.empty() || plain.points.empty()) {
        return;
    }
    const double norm = std::min(probing.points.back().norm, plain.points.back().norm);
    const auto one = differenceAt(probing, norm), other = differenceAt(plain, norm);
    if (one && other) {
        cases.add(subject,
                  "at norm " + claimNumber(norm) + " difference lp-ft " + claimNumber(*one) + ", ft " +
                      claimNumber(*other),
                  *one < *other);
    }
}

} // namespace

Claim normScalingClaim(const ClaimStudy& study) {
    ClaimCases cases("C15",
                     "With the classifier's starting norm scaled, the feature difference of FT and LP-FT "
                     "decreases (rank correlation of norm and difference at most " +
                         claimNumber(kAlmostMonotone) + " over " + std::to_string(kFewestScales) +
                         " or more scales), and at the largest norm that both reach LP-FT's is below FT's");
    const std::vector<TaskRuns> groups = taskRunsOfAllScales(study);
    const auto forEachSet = [&](const auto& use) {
        for (const TaskRuns& group : groups) {
            for (const EvaluationSet& set : evaluationSets(group)) {
                use(group, set);
            }
        }
    };
    for (const char* const method : {"ft", "lp-ft"}) {
        cases.beginPart(std::string("decrease of ") + method, std::string("runs of ") + method +
                                                                  " with three or more classifier scales "
                                                                  "(train --classifier-scale)");
        forEachSet([&](const TaskRuns& group, const EvaluationSet& set) {
            addMonotone(cases, set.label + ", " + method, curveOf(group, set, method));
        });
    }
    cases.beginPart("LP-FT below FT", "runs of lp-ft and ft of one task whose starting norms, by classifier "
                                      "scales, overlap");
    forEachSet([&](const TaskRuns& group, const EvaluationSet& set) {
        addAtLargeNorm(cases, set.label, curveOf(group, set, "lp-ft"), curveOf(group, set, "ft"));
    });
    return cases.finish();
}

} // namespace finescope::analysis
