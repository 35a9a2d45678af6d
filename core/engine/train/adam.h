#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// Adam (Kingma and Ba 2015, algorithm 1) with betas 0.9 and 0.999 and eps 1e-8, which is AdamW without
/// weight decay; the gradient's norm is clipped before each step. definitions.md, Fine-tuning. Works through
/// the parameters in pieces that fit a processor's cache: whole tensors, one operation after another, would
/// be waiting for memory.
class Adam {
public:
    /// The parameters are changed in place; `workers` threads share them.
    Adam(std::vector<torch::Tensor> parameters, int workers);

    /// One step. gradients: of each share of the batch, one tensor for each parameter (undefined: zero);
    /// their sum is the gradient. It is multiplied by min(1, largestNorm / (norm + 1e-6)), as PyTorch's
    /// clip_grad_norm_ does. Returns the norm before that; if it is not finite, nothing has been changed.
    double step(std::vector<std::vector<torch::Tensor>>& gradients, double learningRate, double largestNorm);

private:
    struct Piece {
        std::size_t parameter;
        std::int64_t begin;
        torch::Tensor values, mean, square; ///< of the parameter and of both moments
    };
    std::vector<torch::Tensor> m_parameters;
    std::vector<Piece> m_pieces;
    int m_workers;
    std::int64_t m_steps = 0;
};

} // namespace finescope::engine
