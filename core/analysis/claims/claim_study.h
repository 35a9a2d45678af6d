#pragma once

#include "core/analysis/claims/claim_cases.h"
#include "core/analysis/claims/claim_run.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::analysis {

/// The runs that the claims are held against.
struct ClaimStudy {
    std::vector<ClaimRun> runs{};
    std::string leftOut{}; ///< which runs are not among them and why, in words; "" if all are
};

/// The complete runs of a set, the newest of duplicates, each reduced to numbers; see checkClaims().
[[nodiscard]] ClaimStudy claimStudy(std::span<const record::Run> runs);

/// The runs of one task with one model: what methods are compared on.
struct TaskRuns {
    std::string label{}; ///< the task, with the model where a study has several
    std::string task{}, model{};
    std::vector<const ClaimRun*> runs{}; ///< into the study
};

/// In order of first appearance: all but runs with a classifier scale other than 1; every run; or those with
/// a kernel and scale 1, where kernels of different size make groups of their own.
[[nodiscard]] std::vector<TaskRuns> taskRuns(const ClaimStudy& study);
[[nodiscard]] std::vector<TaskRuns> taskRunsOfAllScales(const ClaimStudy& study);
[[nodiscard]] std::vector<TaskRuns> kernelRuns(const ClaimStudy& study);

/// A split that the runs of a task were evaluated on.
struct EvaluationSet {
    std::string name{};
    std::string label{}; ///< of the task; of an out-of-distribution split "task -> split"
    bool outOfDistribution = false;
};

/// The test split, then the out-of-distribution splits, in order of first appearance.
[[nodiscard]] std::vector<EvaluationSet> evaluationSets(const TaskRuns& group);
/// The test split alone, where there is one.
[[nodiscard]] std::vector<EvaluationSet> testSets(const TaskRuns& group);

/// A number of a run; absent where the run has none.
using Measure = std::function<std::optional<double>(const ClaimRun&)>;
[[nodiscard]] Measure onSplit(const EvaluationSet& set, std::optional<double> ClaimSplit::*number);
[[nodiscard]] Measure ofKernel(std::optional<double> ClaimKernel::*number);
[[nodiscard]] Measure ofKernelPart(KernelPart part, std::optional<double> ClaimKernelPart::*number);

/// Mean over the seeds of a method.
struct MethodMean {
    double value = 0;
    std::string text{}; ///< "lp-ft 24.8 ± 0.3 (n = 5, 1 collapsed)": with the standard deviation
};

/// Over the runs of that method that have the number; nullopt if none has.
[[nodiscard]] std::optional<MethodMean> meanOf(const TaskRuns& group, std::string_view method,
                                               const Measure& measure);

/// Adds the case "quantity: one, other", which holds if relation(one, other) does; nothing if one is absent.
void addComparison(ClaimCases& cases, const std::string& subject, const std::string& quantity,
                   const std::optional<MethodMean>& one, const std::optional<MethodMean>& other,
                   const std::function<bool(double, double)>& relation);

} // namespace finescope::analysis
