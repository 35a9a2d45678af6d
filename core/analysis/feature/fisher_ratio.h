#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/feature_bootstrap.h"
#include "core/matrix.h"

#include <optional>

namespace finescope::analysis {

/// Fisher's discriminant ratio with how it was computed. definitions.md, Fisher's discriminant ratio.
struct FisherRatio {
    double value = 0;
    double ridge = 0;            ///< 0, or the relative ridge lambda / (tr(S_W)/h)
    std::int64_t rankWithin = 0; ///< eigenvalues of S_W above 1e-12 of the largest
    std::int64_t samples = 0, width = 0;
};

/// trace(S_W^+ S_B) over the kept eigenvalues if n - C >= h, else trace((S_W + lambda I)^-1 S_B) with
/// lambda = ridge tr(S_W)/h (ridge 1e-3 unless given). features [N, h], labels [N] in 0..classes-1.
/// Throws Error{badInput} with fewer than two classes present or fewer than two rows, Error{numeric} where
/// there is no spread within classes.
[[nodiscard]] FisherRatio fisherDiscriminantRatio(const MatrixViewF& features, const Labels& labels,
                                                  int classes,
                                                  std::optional<double> relativeRidge = std::nullopt);

struct FisherOptions {
    std::optional<double> relativeRidge{}; ///< as fisherDiscriminantRatio
    bool jackknife = true;
    int groups = 20; ///< of the jackknife; fewer where there are fewer rows
    double level = 0.95;
    int threads = 0; ///< 0: as many as the machine has; results do not depend on it
};

/// Fisher's ratio, what each class adds to it, and how far other samples would have moved it.
struct FisherEstimate {
    FisherRatio ratio;
    VectorD perClass; ///< [classes]: n_k (mu_k - mu)^T S_W^+ (mu_k - mu); they add up to the ratio
    VectorD leftOut;  ///< [groups]: the ratio without each group; empty where it does not exist without one,
                      ///< or without jackknife
    /// exp(ln FDR -+ t s), t of groups - 1 degrees of freedom, s^2 = (G - 1)/G sum (ln FDR_g - mean)^2;
    /// absent with `leftOut`, and where the ratio is 0.
    std::optional<Interval> interval;
};

/// fisherDiscriminantRatio with a delete-a-group jackknife: rows in the order of their classes go to the
/// groups in turn, so that every class loses the same share. What is left out of S_W and S_B is subtracted,
/// the ridge stays that of all rows. The interval is of the ratio at this n: where n is near h the ratio
/// itself is far above that of the population (definitions.md). O(N h min(N, h)). Throws as
/// fisherDiscriminantRatio. Kott 2001, "The delete-a-group jackknife".
[[nodiscard]] FisherEstimate fisherEstimate(const MatrixViewF& features, const Labels& labels, int classes,
                                            const FisherOptions& options = {}, const WorkHooks& hooks = {});

} // namespace finescope::analysis
