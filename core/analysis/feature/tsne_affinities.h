#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/matrix.h"

#include <cstdint>
#include <vector>

namespace finescope::analysis {

/// A sparse symmetric matrix P of joint probabilities of pairs, by rows; p_ii = 0 and all entries add up
/// to 1.
struct Affinities {
    std::vector<std::int64_t> start;   ///< [N + 1]: entries of row i are start[i] .. start[i + 1] - 1
    std::vector<std::int32_t> columns; ///< ascending within a row
    std::vector<double> values;

    [[nodiscard]] Eigen::Index rows() const { return static_cast<Eigen::Index>(start.size()) - 1; }
};

/// p_j|i of the given squared distances [k]: proportional to exp(-beta d_j), beta such that the perplexity
/// exp(-sum p ln p) is the one asked for, to 1e-5 of its logarithm where that is possible. van der Maaten and
/// Hinton 2008, equation 1.
[[nodiscard]] VectorD conditionalAffinities(const VectorD& squaredDistances, double perplexity);

/// p_ij = (p_j|i + p_i|j) / (2N), with p_j|i over the 3 perplexity + 1 nearest neighbours of i. points
/// [N, h], finite, perplexity in [1, N - 1). Throws Error{badInput}, Error{cancelled}. van der Maaten 2014.
[[nodiscard]] Affinities tsneAffinities(const MatrixViewD& points, double perplexity, int threads = 0,
                                        const WorkHooks& hooks = {});

} // namespace finescope::analysis
