#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/model/parameter_group.h"

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// How the inner products of a linear layer's weight gradients are formed.
enum class Contraction {
    materialise, ///< gradients slice by slice, then their Gram matrix
    hadamard,    ///< (a_i . a_j)(delta_i . delta_j) summed over pairs of tokens
    pairwise,    ///< delta_i . ((a_i . a_j) delta_j): fewer operations than hadamard for many directions
};

/// Samples of about the same length that go through the encoder together.
struct SampleBlock {
    bool test = false;
    std::int64_t first = 0; ///< place of the first sample among the train or the test samples, in sweep order
    std::int64_t count = 0;
    std::int64_t length = 0; ///< tokens, of the longest
    TokenBatch tokens;
};

/// Rows of the sweep's kernels: train samples before test samples; within each, all samples of one direction
/// together, so that a block's rows of one direction are contiguous.
struct KernelRows {
    std::int64_t train = 0, test = 0, directions = 0;

    [[nodiscard]] std::int64_t trainRows() const { return train * directions; }
    [[nodiscard]] std::int64_t rows() const { return (train + test) * directions; }
    /// The row of a sample.
    [[nodiscard]] std::int64_t row(bool ofTest, std::int64_t sample, std::int64_t direction) const {
        return ofTest ? trainRows() + direction * test + sample : direction * train + sample;
    }
    [[nodiscard]] std::int64_t firstRow(const SampleBlock& block, std::int64_t direction) const {
        return row(block.test, block.first, direction);
    }
};

/// The weight gradients of one linear layer, as the factors they are made of: for sample i and direction q
/// the gradient is delta[q][i]^T input[i], [out, in]. Per block: input [n, T, in], delta [R] of [n, T, out].
struct LinearFactors {
    ParameterGroup group = ParameterGroup::otherWeight;
    std::vector<torch::Tensor> input;
    std::vector<std::vector<torch::Tensor>> delta;
};

} // namespace finescope::engine
