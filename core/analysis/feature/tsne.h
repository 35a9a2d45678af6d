#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/tsne_affinities.h"
#include "core/matrix.h"

#include <cstdint>

namespace finescope::analysis {

struct TsneOptions {
    double perplexity = 30;
    double theta = 0.5; ///< of Barnes and Hut; 0: all pairs
    double earlyExaggeration = 12;
    int exaggerated = 250; ///< iterations with early exaggeration, included in `iterations`
    int iterations = 1000;
    std::uint64_t seed = 1;
    int threads = 0; ///< 0: as many as the machine has; the map does not depend on it
};

struct TsneMap {
    MatrixD points;        ///< [N, 2], centred
    double divergence = 0; ///< Kullback-Leibler divergence of the map's probabilities from P, in nats
    int iterations = 0;    ///< fewer than asked for where nothing moved any more
};

/// A map of points [N, h] in the plane that keeps neighbours together: Barnes-Hut t-SNE of the first 50
/// principal components. It starts from the first two of them, scaled to a standard deviation of 1e-4 and
/// moved by a tenth of that at random (the seed), which keeps the large distances readable (Kobak and Berens
/// 2019). Learning rate max(N / exaggeration / 4, 50), momentum 0.5, then 0.8. The same points, options and
/// seed give the same map. Throws Error{badInput} for fewer than 4 points, values that are not finite or a
/// perplexity too large, Error{cancelled}. van der Maaten and Hinton 2008; van der Maaten 2014.
[[nodiscard]] TsneMap tsne(const MatrixViewF& points, const TsneOptions& options = {},
                           const WorkHooks& hooks = {});

/// dKL/dy_i = 4 sum_j (exaggeration p_ij - q_ij) w_ij (y_i - y_j), w_ij = 1 / (1 + ||y_i - y_j||^2),
/// q_ij = w_ij / sum w: [N, 2] at the map [N, 2].
[[nodiscard]] MatrixD tsneGradient(const Affinities& affinities, const MatrixViewD& map, double theta,
                                   double exaggeration = 1, int threads = 1);

/// sum p_ij ln(p_ij / q_ij) of a map [N, 2].
[[nodiscard]] double tsneDivergence(const Affinities& affinities, const MatrixViewD& map, double theta = 0,
                                    int threads = 1);

} // namespace finescope::analysis
