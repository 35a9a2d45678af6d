#include "core/analysis/claims/kernel_claims.h"

#include "core/analysis/kernel/kernel_comparison.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

namespace finescope::analysis {

namespace {

constexpr double kFarAboveRatio = 10;    // C11: LP-LoRA's FT ratio over LoRA's
constexpr double kLowestRankRatio = 0.8; // C12
constexpr double kHighestRankRatio = 1 / kLowestRankRatio;
constexpr double kLargestGap = 0.3;  // C12: decades between normalised spectra, about a factor of 2
constexpr double kSpreadOfNorms = 2; // C13: largest over smallest ratio of norms
constexpr double kNormJump = 5;      // C14: factor between the jump and the square of the norms
constexpr double kSameJump = 1.5;    // C14: factor between LoRA's jump and FT's

/// LoRA against full fine-tuning, from the random head and from the probed one.
struct Pair {
    const char* lora;
    const char* full;
};
constexpr Pair kPairs[] = {{"lora", "ft"}, {"lp-lora", "lp-ft"}};

std::string needs(const std::string& methods) {
    return "kernels (finescope-engine ntk) of " + methods + " runs of one task, of equal numbers of samples";
}

Measure rankOf(KernelPart part) {
    return ofKernelPart(part, &ClaimKernelPart::rank);
}

Measure fineTuningNorm() {
    return ofKernelPart(KernelPart::fineTuningEffective, &ClaimKernelPart::frobeniusNorm);
}

Claim rankGrows(const ClaimStudy& study) {
    ClaimCases cases("C8", "The rank of F in LP-FT is above the rank of P");
    cases.beginPart("", needs("lp-ft"));
    for (const TaskRuns& group : kernelRuns(study)) {
        const auto f = meanOf(group, "lp-ft", rankOf(KernelPart::fineTuningEffective));
        const auto p = meanOf(group, "lp-ft", rankOf(KernelPart::pretrainEffective));
        if (f && p) {
            cases.add(group.label, "rank of F " + f->text + ", of P " + claimNumber(p->value),
                      f->value > p->value);
        }
    }
    return cases.finish();
}

Claim kernelPredicts(const ClaimStudy& study) {
    ClaimCases cases("C9",
                     "Kernel regression with F of LP-FT is more accurate than with P, on the training and on "
                     "the test samples");
    using Accuracy = std::optional<double> ClaimKernelPart::*;
    const std::pair<const char*, Accuracy> sides[] = {{"train", &ClaimKernelPart::trainAccuracy},
                                                      {"test", &ClaimKernelPart::testAccuracy}};
    for (const auto& [side, accuracy] : sides) {
        cases.beginPart(side, needs("lp-ft") + ", with " + side + " samples");
        for (const TaskRuns& group : kernelRuns(study)) {
            const auto f = meanOf(group, "lp-ft", ofKernelPart(KernelPart::fineTuningEffective, accuracy));
            const auto p = meanOf(group, "lp-ft", ofKernelPart(KernelPart::pretrainEffective, accuracy));
            if (f && p) {
                cases.add(group.label,
                          std::string(side) + " accuracy with F " + f->text + ", with P " +
                              claimNumber(p->value),
                          f->value > p->value);
            }
        }
    }
    return cases.finish();
}

Claim totalRankLiesBetween(const ClaimStudy& study) {
    ClaimCases cases("C10", "The rank of P + F lies between the ranks of P and F (ends included)");
    cases.beginPart("", needs("ft, lora, lp-ft or lp-lora"));
    for (const TaskRuns& group : kernelRuns(study)) {
        for (const char* const method : {"ft", "lora", "lp-ft", "lp-lora"}) {
            const auto p = meanOf(group, method, rankOf(KernelPart::pretrainEffective));
            const auto f = meanOf(group, method, rankOf(KernelPart::fineTuningEffective));
            const auto total = meanOf(group, method, rankOf(KernelPart::total));
            if (p && f && total) {
                const auto [low, high] = std::minmax(p->value, f->value);
                cases.add(group.label + ", " + method,
                          "rank of P " + claimNumber(p->value) + ", of P + F " + claimNumber(total->value) +
                              ", of F " + f->text,
                          low <= total->value && total->value <= high);
            }
        }
    }
    return cases.finish();
}

Claim ratiosAreOrdered(const ClaimStudy& study) {
    ClaimCases cases("C11", "FT ratio: LP-FT > FT > LoRA, and LP-LoRA at least " +
                                claimNumber(kFarAboveRatio) + " times LoRA");
    const Measure ratio = ofKernel(&ClaimKernel::fineTuningRatio);
    const auto part = [&](const char* one, const char* other, double factor) {
        cases.beginPart(std::string(one) + " above " + other, needs(std::string(one) + " and " + other));
        for (const TaskRuns& group : kernelRuns(study)) {
            addComparison(
                cases, group.label, "FT ratio", meanOf(group, one, ratio), meanOf(group, other, ratio),
                [factor](double high, double low) { return factor > 1 ? high >= factor * low : high > low; });
        }
    };
    part("lp-ft", "ft", 1);
    part("ft", "lora", 1);
    part("lp-lora", "lora", kFarAboveRatio);
    return cases.finish();
}

/// Mean over all pairs of a LoRA kernel and a full one.
std::optional<double> meanGap(const TaskRuns& group, const Pair& pair) {
    double sum = 0;
    int count = 0;
    for (const ClaimRun* lora : group.runs) {
        for (const ClaimRun* full : group.runs) {
            if (lora->method == pair.lora && full->method == pair.full) {
                if (const auto gap = spectrumGap(lora->kernel->spectrum, full->kernel->spectrum)) {
                    sum += *gap;
                    ++count;
                }
            }
        }
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

Claim loraHasTheSameShape(const ClaimStudy& study) {
    ClaimCases cases(
        "C12", "F of LoRA has the shape of FT's, and F of LP-LoRA that of LP-FT's: ratio of ranks from " +
                   claimNumber(kLowestRankRatio) + " to " + claimNumber(kHighestRankRatio) +
                   ", and a mean |log10| between the normalised spectra of at most " +
                   claimNumber(kLargestGap));
    for (const Pair& pair : kPairs) {
        cases.beginPart(std::string("ranks of ") + pair.lora,
                        needs(pair.lora + std::string(" and ") + pair.full));
        for (const TaskRuns& group : kernelRuns(study)) {
            const auto lora = meanOf(group, pair.lora, rankOf(KernelPart::fineTuningEffective));
            const auto full = meanOf(group, pair.full, rankOf(KernelPart::fineTuningEffective));
            if (lora && full && full->value > 0) {
                const double ratio = lora->value / full->value;
                cases.add(group.label,
                          "rank of F " + lora->text + ", " + full->text + ", ratio " + claimNumber(ratio),
                          kLowestRankRatio <= ratio && ratio <= kHighestRankRatio);
            }
        }
        cases.beginPart(std::string("spectra of ") + pair.lora,
                        needs(pair.lora + std::string(" and ") + pair.full) + ", with spectra");
        for (const TaskRuns& group : kernelRuns(study)) {
            if (const auto gap = meanGap(group, pair)) {
                cases.add(group.label,
                          std::string("gap of the spectra of ") + pair.lora + " and " + pair.full + " " +
                              claimNumber(*gap),
                          *gap <= kLargestGap);
            }
        }
    }
    return cases.finish();
}

Claim loraIsAConstantMultiple(const ClaimStudy& study) {
    ClaimCases cases("C13",
                     "||F||_F of LoRA over FT's (and of LP-LoRA over LP-FT's) is at most s^2 sigma^2 r, and "
                     "over the tasks of one model the largest such ratio is at most " +
                         claimNumber(kSpreadOfNorms) + " times the smallest");
    for (const Pair& pair : kPairs) {
        const std::string both = pair.lora + std::string(" and ") + pair.full;
        std::map<std::string, std::vector<double>> ratiosOfModel;
        cases.beginPart(std::string("bound of ") + pair.lora, needs(both));
        for (const TaskRuns& group : kernelRuns(study)) {
            const auto lora = meanOf(group, pair.lora, fineTuningNorm());
            const auto full = meanOf(group, pair.full, fineTuningNorm());
            if (!lora || !full || !(full->value > 0)) {
                continue;
            }
            const double ratio = lora->value / full->value;
            ratiosOfModel[group.model].push_back(ratio);
            const std::string numbers =
                "||F||_F " + lora->text + ", " + full->text + ", ratio " + claimNumber(ratio);
            if (const auto bound = meanOf(group, pair.lora, ofKernel(&ClaimKernel::loraFactor))) {
                cases.add(group.label, numbers + ", s^2 sigma^2 r " + claimNumber(bound->value),
                          ratio <= bound->value);
            } else {
                cases.note(group.label, numbers);
            }
        }
        cases.beginPart(std::string("constancy of ") + pair.lora, needs(both) + ", for two tasks or more");
        for (const auto& [model, ratios] : ratiosOfModel) {
            if (ratios.size() > 1) {
                const auto [low, high] = std::ranges::minmax(ratios);
                cases.add(both + (model.empty() ? "" : ", " + model),
                          "ratios from " + claimNumber(low) + " to " + claimNumber(high) + " over " +
                              std::to_string(ratios.size()) + " tasks",
                          high <= kSpreadOfNorms * low);
            }
        }
    }
    return cases.finish();
}

bool withinFactor(double one, double other, double factor) {
    return one <= factor * other && other <= factor * one;
}

Claim normJumpsByProbing(const ClaimStudy& study) {
    ClaimCases cases("C14", "LP multiplies ||F||_F by (||V_LP|| / ||V_0||)^2 within a factor of " +
                                claimNumber(kNormJump) +
                                ", and LoRA's by as much as FT's within a factor of " +
                                claimNumber(kSameJump));
    constexpr std::pair<const char*, const char*> kProbedAndNot[] = {{"lp-ft", "ft"}, {"lp-lora", "lora"}};
    std::map<std::string, std::array<std::optional<double>, 2>> jumps; // by group: of FT, of LoRA
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& [after, before] = kProbedAndNot[i];
        cases.beginPart(std::string(after) + " over " + before,
                        needs(after + std::string(" and ") + before) + ", with the classifier's norm there");
        for (const TaskRuns& group : kernelRuns(study)) {
            const auto high = meanOf(group, after, fineTuningNorm());
            const auto low = meanOf(group, before, fineTuningNorm());
            const auto probedHead = meanOf(group, after, &ClaimRun::startNorm);
            const auto randomHead = meanOf(group, before, &ClaimRun::startNorm);
            if (!high || !low || !(low->value > 0)) {
                continue;
            }
            const double jump = high->value / low->value;
            jumps[group.label][i] = jump;
            if (probedHead && randomHead && randomHead->value > 0) {
                const double norms = probedHead->value / randomHead->value;
                cases.add(group.label,
                          "||F||_F " + high->text + ", " + low->text + ", factor " + claimNumber(jump) +
                              "; norms of V squared " + claimNumber(norms * norms),
                          withinFactor(jump, norms * norms, kNormJump));
            }
        }
    }
    cases.beginPart("LoRA as FT", needs("ft, lp-ft, lora and lp-lora"));
    for (const auto& [label, of] : jumps) {
        if (of[0] && of[1]) {
            cases.add(label, "factor of FT " + claimNumber(*of[0]) + ", of LoRA " + claimNumber(*of[1]),
                      withinFactor(*of[0], *of[1], kSameJump));
        }
    }
    return cases.finish();
}

} // namespace

std::vector<Claim> kernelClaims(const ClaimStudy& study) {
    return {rankGrows(study),         kernelPredicts(study),      totalRankLiesBetween(study),
            ratiosAreOrdered(study),  loraHasTheSameShape(study), loraIsAConstantMultiple(study),
            normJumpsByProbing(study)};
}

} // namespace finescope::analysis
