#pragma once

#include "core/engine/random_stream.h"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// Dropout of one training step (Srivastava et al. 2014). Every row of the batch draws from a stream of its
/// own, so what is dropped does not depend on how the rows are shared among threads; and LibTorch's own
/// generator on the CPU takes several times as long. On a GPU its generator is used.
class Dropout {
public:
    /// For rows firstRow .. firstRow + rows - 1 of the batch of step `step`.
    Dropout(std::uint64_t seed, std::int64_t step, std::int64_t firstRow, std::int64_t rows);

    /// x with each entry set to 0 with probability `rate` (0 to below 1), all others divided by 1 - rate. The
    /// entries of a row lie together: x is [rows, ...] or [rows * k, ...].
    [[nodiscard]] torch::Tensor apply(const torch::Tensor& x, double rate);

private:
    std::vector<RandomBits> m_streams; ///< of each row
};

/// dropout->apply(x, rate), or x where nothing is dropped.
[[nodiscard]] torch::Tensor dropped(const torch::Tensor& x, double rate, Dropout* dropout);

} // namespace finescope::engine
