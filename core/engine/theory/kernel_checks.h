#pragma once

#include "core/engine/theory/check_result.h"
#include "core/engine/theory/theory_model.h"

#include <string>
#include <vector>

/// T1, T2, T5 and T10 of definitions.md, Theory checks: what the kernel is made of.
namespace finescope::engine {

/// T1: P + F is the inner product of the gradients by all parameters, the head's among them.
[[nodiscard]] std::vector<CheckResult> checkKernelSum(const TheoryModel& model, const Head& head);

/// T2: the head's own part of the kernel is (<phi, phi'> + 1) I_C, and P does not change with the head.
[[nodiscard]] std::vector<CheckResult> checkPretrainPart(const TheoryModel& model, const Head& before,
                                                         const Head& after);

/// T5: F of s V is s^2 F of V, with the same rank and normalised spectrum; the feature change that fixed
/// residuals make scales by s.
[[nodiscard]] std::vector<CheckResult> checkHeadScaling(const TheoryModel& model, const Head& head);

/// T10: rank(F) <= min(N C, N rank(V)), and no part has a negative eigenvalue. `which` names the head.
[[nodiscard]] std::vector<CheckResult> checkRanks(const TheoryModel& model, const Head& head,
                                                  const std::string& which);

/// The largest eigenvalue of P + F of the train samples: a rate well below its inverse makes a small step.
[[nodiscard]] double largestEigenvalue(const HeadKernel& kernel);

} // namespace finescope::engine
