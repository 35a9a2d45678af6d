#include "core/analysis/claims/norm_claims.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace finescope::analysis {

namespace {

constexpr double kDip = 0.001;     // of the largest value of a curve: what counts as noise
constexpr double kFarAbove = 10;   // LP's norm over FT's
constexpr double kSameNorm = 0.02; // LP-FT's from LP's, relative

struct Rise {
    double start = 0, end = 0;
    double dip = 0; ///< the deepest fall below an earlier value, of the largest value
};

std::optional<Rise> riseOf(const std::vector<double>& curve) {
    const double largest = curve.empty() ? 0 : std::ranges::max(curve);
    if (curve.size() < 2 || !(largest > 0)) {
        return std::nullopt;
    }
    Rise rise{curve.front(), curve.back(), 0};
    double highest = curve.front();
    for (const double value : curve) {
        highest = std::max(highest, value);
        rise.dip = std::max(rise.dip, (highest - value) / largest);
    }
    return rise;
}

Claim normsGrow(const ClaimStudy& study) {
    ClaimCases cases("C1",
                     "||V||_F rises in the training of LP (L-BFGS iterations), FT and LoRA (epochs): for "
                     "every seed it ends above its start and never lies more than " +
                         claimNumber(100 * kDip) + " % of its largest value below an earlier one");
    for (const char* const method : {"lp", "ft", "lora"}) {
        cases.beginPart(method, std::string("a run of ") + method + " with the norm over its training");
        for (const TaskRuns& group : taskRuns(study)) {
            const auto seedMean = [&](double Rise::*member) {
                return meanOf(group, method, [member](const ClaimRun& run) {
                    const auto rise = riseOf(run.normCurve);
                    return rise ? std::optional((*rise).*member) : std::nullopt;
                });
            };
            const auto start = seedMean(&Rise::start), end = seedMean(&Rise::end);
            if (!start || !end) {
                continue;
            }
            double dip = 0;
            bool rises = true;
            for (const ClaimRun* run : group.runs) {
                if (const auto rise = run->method == method ? riseOf(run->normCurve) : std::nullopt) {
                    dip = std::max(dip, rise->dip);
                    rises = rises && rise->end > rise->start;
                }
            }
            cases.add(group.label + ", " + method,
                      "norm from " + claimNumber(start->value) + " to " + end->text + ", deepest fall " +
                          claimNumber(100 * dip) + " %",
                      rises && dip <= kDip);
        }
    }
    return cases.finish();
}

/// After linear probing: of the LP runs, else of the probing stage of LP-FT.
std::optional<MethodMean> probedNorm(const TaskRuns& group) {
    const auto own = meanOf(group, "lp", &ClaimRun::finalNorm);
    return own ? own : meanOf(group, "lp-ft", &ClaimRun::probedNorm);
}

Claim probingGrowsNormsMore(const ClaimStudy& study) {
    ClaimCases cases("C2", "The classifier norm after LP is at least " + claimNumber(kFarAbove) +
                               " times the one after FT");
    cases.beginPart("", "runs of LP (or LP-FT) and FT of one task");
    for (const TaskRuns& group : taskRuns(study)) {
        const auto probed = probedNorm(group), tuned = meanOf(group, "ft", &ClaimRun::finalNorm);
        if (probed && tuned) {
            const double ratio = probed->value / tuned->value;
            cases.add(group.label,
                      "norm " + probed->text + ", " + tuned->text + ", ratio " + claimNumber(ratio),
                      ratio >= kFarAbove);
        }
    }
    return cases.finish();
}

Claim normsAfterTraining(const ClaimStudy& study) {
    ClaimCases cases("C3", "The classifier norm of LoRA is above FT's; LP-FT's is within " +
                               claimNumber(100 * kSameNorm) + " % of LP's");
    cases.beginPart("LoRA above FT", "runs of LoRA and FT of one task");
    for (const TaskRuns& group : taskRuns(study)) {
        addComparison(cases, group.label, "norm", meanOf(group, "lora", &ClaimRun::finalNorm),
                      meanOf(group, "ft", &ClaimRun::finalNorm), std::greater<>{});
    }
    cases.beginPart("LP-FT as LP", "runs of LP-FT and LP of one task");
    for (const TaskRuns& group : taskRuns(study)) {
        addComparison(
            cases, group.label, "norm", meanOf(group, "lp-ft", &ClaimRun::finalNorm), probedNorm(group),
            [](double tuned, double probed) { return std::abs(tuned - probed) <= kSameNorm * probed; });
    }
    return cases.finish();
}

} // namespace

std::vector<Claim> normClaims(const ClaimStudy& study) {
    return {normsGrow(study), probingGrowsNormsMore(study), normsAfterTraining(study)};
}

} // namespace finescope::analysis
