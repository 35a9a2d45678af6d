#pragma once

#include "core/analysis/logistic/fold_scores.h"
#include "core/analysis/logistic/logistic_problem.h"
#include "core/analysis/logistic/stratified_folds.h"
#include "core/matrix.h"

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace finescope::analysis {

/// One L-BFGS iteration, for the recorded probing stage. The views are valid during the call only.
struct LogisticIteration {
    int iteration = 0;     ///< 0 = the start, V = 0, b = 0
    const MatrixD& weight; ///< [C, h]
    const VectorD& bias;   ///< [C]
    double objective = 0;  ///< strength * sum cross-entropy + 0.5 ||V||_F^2
    double gradientNorm = 0;
};

struct LogisticFit {
    MatrixD weight; ///< [C, h]
    VectorD bias;   ///< [C], free (not penalised)
    double objective = 0;
    double relativeGradientNorm = 0; ///< relative to V = 0, b = 0; 0 where that is the optimum
    int iterations = 0;
    double gap = 0; ///< the objective lies at most this much above its minimum (a dual problem's value)
};

struct LogisticOptions {
    double relativeGradientTolerance = 1e-8;
    double gapTolerance = 1e-9; ///< of the gap, relative to the objective
    int maxIterations = 5000;
    std::function<void(const LogisticIteration&)> onIteration; ///< may be empty
    std::stop_token stop;                                      ///< Error{cancelled} when requested
};

/// Multinomial logistic regression with L2: minimises strength * sum_i CE_i + 0.5 ||V||_F^2 over V [C, h] and
/// free b [C], from V = 0, b = 0, to the optimum: both tolerances hold, or, where rounding ends the way
/// before, the gradient's and a gap of 1e-6. features [N, h], labels [N]. Throws Error{numeric} when it
/// cannot get there. Source: definitions.md, Linear probing (strength is scikit-learn's C).
[[nodiscard]] LogisticFit fitLogistic(const MatrixViewF& features, const Labels& labels, int classes,
                                      double strength, const LogisticOptions& options = {});
/// The same of features that were reduced before.
[[nodiscard]] LogisticFit fitLogistic(const ReducedFeatures& features, const Labels& labels, int classes,
                                      double strength, const LogisticOptions& options = {});

/// The ten strengths 1e-4 .. 1e4, equally spaced in the logarithm.
[[nodiscard]] std::vector<double> logisticStrengths();

struct CrossValidation {
    std::vector<double> strengths; ///< ascending
    FoldScores scores{};           ///< a candidate for each strength
    double chosen = 0;             ///< best mean accuracy; the smallest strength wins ties
};

/// 5-fold stratified choice among strengths by accuracy. `onFit(done, total)` is called after each of the
/// fits.
[[nodiscard]] CrossValidation crossValidateLogistic(const MatrixViewF& features, const Labels& labels,
                                                    int classes, std::span<const double> strengths, int folds,
                                                    const LogisticOptions& options,
                                                    const std::function<void(int, int)>& onFit = {});
/// The same of features that were reduced before.
[[nodiscard]] CrossValidation crossValidateLogistic(const ReducedFeatures& features, const Labels& labels,
                                                    int classes, std::span<const double> strengths, int folds,
                                                    const LogisticOptions& options,
                                                    const std::function<void(int, int)>& onFit = {});

} // namespace finescope::analysis
