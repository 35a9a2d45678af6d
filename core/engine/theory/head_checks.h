#pragma once

#include "core/analysis/classifier/row_norms.h"
#include "core/analysis/logistic/logistic_regression.h"
#include "core/engine/ntk/head_kernel.h"
#include "core/engine/theory/check_result.h"
#include "core/engine/theory/theory_model.h"

#include <functional>
#include <string>
#include <vector>

/// T7, T8 and T9 (definitions.md, Theory checks): a linear head on fixed features. Results carry `model`.
namespace finescope::engine {

/// The derivative of the mean cross-entropy by the norm of each row of V; analysis::lossByRowNorm, or what a
/// test puts in its place.
using NormDerivative =
    std::function<VectorD(const MatrixF& features, const Labels&, const MatrixF& weight, const VectorF&)>;

/// A probe that was fitted to its optimum, and the heads on its way.
struct ProbePath {
    double strength = 1; ///< C_reg of C_reg x sum CE + 0.5 ||V||^2
    Head optimum;
    std::vector<Head> late; ///< of the last quarter of the iterations, the optimum last
};
[[nodiscard]] ProbePath probePath(const ProbeSamples& samples, int classes, double strength);

/// T7, first half: the derivative is that of finite differences of fourth order. `which` names the head.
[[nodiscard]] CheckResult checkNormDerivative(const std::string& model, const ProbeSamples& samples,
                                              const Head& head, const std::string& which,
                                              const NormDerivative& derivative = analysis::lossByRowNorm);
/// T7, second half: late in linear probing it is negative for every class.
[[nodiscard]] CheckResult checkNormsWantToGrow(const std::string& model, const ProbeSamples& samples,
                                               const ProbePath& path,
                                               const NormDerivative& derivative = analysis::lossByRowNorm);

/// T8: logits divided by T and those of `divide(head, T)`, which is (V/T, b/T), give the same probabilities,
/// accuracy and ECE, at powers of two to the last bit and at the fitted temperature up to the rounding of
/// logits to float32.
using DivideHead = std::function<Head(const Head&, double temperature)>;
[[nodiscard]] Head dividedHead(const Head& head, double temperature);
[[nodiscard]] std::vector<CheckResult> checkTemperature(const std::string& model, const ProbeSamples& samples,
                                                        const Head& head,
                                                        const DivideHead& divide = dividedHead);

/// Whether a head was rounded to float32 after it was fitted.
enum class HeadRounding { none, single };

/// T9: at the optimum of C_reg x sum CE + 0.5 ||V||^2, sum_i delta_i phi_i^T = V / C_reg and sum_i delta_i =
/// 0, relative to their size at V = 0, b = 0; of a rounded head, relative to the most that rounding and the
/// solver's tolerance can make of them. definitions.md, Linear probing. `which` names the solver.
[[nodiscard]] std::vector<CheckResult> checkStationarity(const std::string& model,
                                                         const ProbeSamples& samples, const Head& head,
                                                         double strength, HeadRounding rounding,
                                                         const std::string& which);

} // namespace finescope::engine
