#include "core/analysis/claims/calibration_claims.h"

#include <cmath>
#include <functional>

namespace finescope::analysis {

namespace {

constexpr const char* kTuned[] = {"ft", "lp-ft", "lora", "lp-lora"};

/// A calibration error before and after temperature scaling.
struct ClaimedError {
    const char* name;
    std::optional<double> ClaimSplit::*before;
    std::optional<double> ClaimSplit::*after;
};
constexpr ClaimedError kErrors[] = {{"ECE", &ClaimSplit::ece, &ClaimSplit::fittedEce},
                                    {"MCE", &ClaimSplit::mce, &ClaimSplit::fittedMce}};

Claim scalingCalibrates(const ClaimStudy& study) {
    ClaimCases cases("C16",
                     "Temperature scaling changes no accuracy, and lowers ECE and MCE of the test split in "
                     "more than half of the cells (a task with a fine-tuning method)");
    const std::string needs = "a fine-tuning run with logits of its validation and test split";
    cases.beginPart("accuracy unchanged", needs);
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : testSets(group)) {
            for (const char* const method : kTuned) {
                const auto change = meanOf(group, method, [&](const ClaimRun& run) {
                    const auto before = onSplit(set, &ClaimSplit::accuracy)(run);
                    const auto after = onSplit(set, &ClaimSplit::fittedAccuracy)(run);
                    return before && after ? std::optional(std::abs(*after - *before)) : std::nullopt;
                });
                if (change) {
                    cases.add(set.label + ", " + method, "change of accuracy " + change->text,
                              change->value == 0);
                }
            }
        }
    }
    for (const ClaimedError& error : kErrors) {
        cases.beginPart(std::string(error.name) + " lower", needs);
        int cells = 0, lower = 0;
        for (const TaskRuns& group : taskRuns(study)) {
            for (const EvaluationSet& set : testSets(group)) {
                for (const char* const method : kTuned) {
                    const auto before = meanOf(group, method, onSplit(set, error.before));
                    const auto after = meanOf(group, method, onSplit(set, error.after));
                    if (before && after) {
                        const bool fell = after->value < before->value;
                        ++cells;
                        lower += fell ? 1 : 0;
                        cases.note(set.label, std::string(error.name) + " " + before->text + " -> " +
                                                  claimNumber(after->value) + (fell ? "" : ", not lower"));
                    }
                }
            }
        }
        if (cells > 0) {
            cases.add("all cells",
                      std::string(error.name) + " lower in " + std::to_string(lower) + " of " +
                          std::to_string(cells),
                      2 * lower > cells);
        }
    }
    return cases.finish();
}

Claim largestGain(const ClaimStudy& study) {
    ClaimCases cases("C17", "Temperature scaling lowers ECE and MCE of the test split most for LP-FT, of all "
                            "fine-tuning methods that were run on a task");
    for (const ClaimedError& error : kErrors) {
        cases.beginPart(error.name, "runs of lp-ft and ft of one task with logits of the validation and test "
                                    "split");
        for (const TaskRuns& group : taskRuns(study)) {
            for (const EvaluationSet& set : testSets(group)) {
                const auto gainOf = [&](const char* method) {
                    return meanOf(group, method, [&](const ClaimRun& run) {
                        const auto before = onSplit(set, error.before)(run);
                        const auto after = onSplit(set, error.after)(run);
                        return before && after ? std::optional(*before - *after) : std::nullopt;
                    });
                };
                const auto probing = gainOf("lp-ft");
                if (!probing || !gainOf("ft")) {
                    continue;
                }
                std::string numbers = std::string("gain of ") + error.name + " " + probing->text;
                bool largest = true;
                for (const char* const method : {"ft", "lora", "lp-lora"}) {
                    if (const auto other = gainOf(method)) {
                        numbers += ", " + other->text;
                        largest = largest && probing->value > other->value;
                    }
                }
                cases.add(set.label, numbers, largest);
            }
        }
    }
    return cases.finish();
}

Claim lessCalibratedBefore(const ClaimStudy& study) {
    ClaimCases cases("C18", "Before temperature scaling the ECE of LP-FT on the test split is above FT's");
    cases.beginPart("", "runs of lp-ft and ft of one task with logits of the test split");
    for (const TaskRuns& group : taskRuns(study)) {
        for (const EvaluationSet& set : testSets(group)) {
            const Measure ece = onSplit(set, &ClaimSplit::ece);
            addComparison(cases, set.label, "ECE", meanOf(group, "lp-ft", ece), meanOf(group, "ft", ece),
                          std::greater<>{});
        }
    }
    return cases.finish();
}

} // namespace

std::vector<Claim> calibrationClaims(const ClaimStudy& study) {
    return {scalingCalibrates(study), largestGain(study), lessCalibratedBefore(study)};
}

} // namespace finescope::analysis
