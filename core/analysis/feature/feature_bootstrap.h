#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/statistics/percentile.h"
#include "core/matrix.h"

#include <cstdint>

namespace finescope::analysis {

struct BootstrapOptions {
    int replicates = 1000;
    double level = 0.95;
    std::uint64_t seed = 1;
    int threads = 0; ///< 0: as many as the machine has; results do not depend on it
};

/// The weight of each row in each replicate, [rows, replicates] for rows first .. first + count - 1:
/// exponential with mean 1, from the seed, the row and the replicate alone, so that several numbers of the
/// same rows are weighted alike. Bayesian bootstrap, Rubin 1981.
[[nodiscard]] MatrixF bootstrapWeights(Eigen::Index first, Eigen::Index count,
                                       const BootstrapOptions& options);

/// Percentile interval of the mean of `values` [N], N >= 1, over replicates sum w x / sum w.
[[nodiscard]] Interval meanInterval(const VectorD& values, const BootstrapOptions& options = {},
                                    const WorkHooks& hooks = {});

/// Percentile interval of cosineSimilarity(features) over replicates of its weighted form,
/// sum over i != j of w_i w_j cos_ij / sum over i != j of w_i w_j: a pair of a row with itself never counts,
/// so that weights do not make rows more alike (weighted bootstrap of a U-statistic, Janssen 1994). features
/// [N, h], N >= 2; O(replicates N h). Throws as cosineSimilarity.
[[nodiscard]] Interval cosineSimilarityInterval(const MatrixViewF& features,
                                                const BootstrapOptions& options = {},
                                                const WorkHooks& hooks = {});

} // namespace finescope::analysis
