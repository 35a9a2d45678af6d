#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/ntk/scratch_space.h"

#include <cstddef>
#include <set>
#include <vector>

namespace finescope::engine {

/// What the gradients of one encoder layer's parameters are made of, for all samples and directions: the
/// layer is recomputed block by block and the deltas are pulled through it. The caller adds every block, then
/// contracts what is here.
class LayerGradients {
public:
    /// Only the groups that are `wanted` are kept. Everything of the size of an activation goes to `scratch`.
    LayerGradients(EncoderLayer layer, OutputTokens tokens, const KernelRows& rows,
                   const std::vector<SampleBlock>& blocks, std::set<ParameterGroup> wanted,
                   ScratchSpace& scratch);

    /// input [n, T, h] of the layer, and what its last norm read, [n, T or 1, h]: with the latter at hand the
    /// last linear layer is not computed again. deltas of each direction at its output, [n, T or 1, h].
    /// Returns those at its input, [n, T, h]. Any of them may have been kept off the encoder's device.
    /// Different blocks may be added from different threads.
    [[nodiscard]] std::vector<torch::Tensor> addBlock(std::size_t block, const torch::Tensor& input,
                                                      const torch::Tensor& outputSum,
                                                      const torch::Tensor& attentionBias,
                                                      const std::vector<torch::Tensor>& deltas);

    std::vector<LinearFactors> linears;
    torch::Tensor biases; ///< gradients of all linear layers' biases, [rows, 5 h + ff]; undefined if unwanted
    torch::Tensor norms;  ///< of both layer norms' weights and biases, [rows, 4 h]; undefined if unwanted

private:
    /// One linear layer: what it read, and what it put out, whose delta is to be known; undefined for the
    /// last one, whose delta is that of the sum after it.
    struct Tap {
        ParameterGroup group;
        torch::Tensor input, output;
    };
    [[nodiscard]] std::vector<Tap> taps(const torch::Tensor& x, const LayerTrace& trace,
                                        const Widened& values) const;
    void addNorm(const SampleBlock& block, std::int64_t direction, std::int64_t place,
                 const torch::Tensor& delta, const torch::Tensor& normed);

    EncoderLayer m_layer;
    OutputTokens m_tokens;
    KernelRows m_rows;
    const std::vector<SampleBlock>& m_blocks;
    std::set<ParameterGroup> m_wanted;
    ScratchSpace& m_scratch;
};

/// A layer norm's output before its weight and bias: the normed input.
[[nodiscard]] torch::Tensor normedInput(const torch::nn::LayerNorm& norm, const torch::Tensor& input);

} // namespace finescope::engine
