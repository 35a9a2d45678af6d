#pragma once

#include "core/engine/model/architecture/parts.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/ntk/scratch_space.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace finescope::engine {

/// A linear layer, and its outputs' places in WatchedTaps::outputs: one for each time that it was used.
struct WatchedLinear {
    const ProjectionImpl* linear;
    std::vector<std::size_t> outputs;
};

/// The taps of one block whose deltas are to be known.
struct WatchedTaps {
    std::vector<std::pair<const NormImpl*, torch::Tensor>> norms; ///< with what they read, normed
    std::vector<WatchedLinear> linears;
    std::vector<torch::Tensor> outputs; ///< of the norms, then of the linear layers
};

/// What the gradients of the parameters of linear layers and norms are made of, for all samples and
/// directions. The caller watches every block and adds its deltas, then contracts what is here. Different
/// blocks may be added from different threads.
class TapGradients {
public:
    /// Only the groups that are `wanted` are kept; with lora among them, nothing but the adapters' B. What
    /// has the size of an activation goes to `scratch`.
    TapGradients(const Parts& parts, const torch::TensorOptions& options, const KernelRows& rows,
                 const std::vector<SampleBlock>& blocks, const std::set<ParameterGroup>& wanted,
                 ScratchSpace& scratch);

    /// Keeps what the linear layers read; of one that was used several times, one after the other, as if they
    /// were tokens of one text. Where that is `input` [n, T, h] or its first tokens, `kept`, its
    /// copy in scratch, is used again.
    [[nodiscard]] WatchedTaps watch(std::size_t block, const Taps& taps, const torch::Tensor& input = {},
                                    const torch::Tensor& kept = {});
    /// deltas of WatchedTaps::outputs in their order, [n, T, .] each; once for each direction, ascending.
    void add(std::size_t block, std::int64_t direction, const WatchedTaps& taps,
             std::span<const torch::Tensor> deltas);

    std::vector<LinearFactors> linears; ///< of weights
    torch::Tensor biases; ///< gradients of the linear layers' biases, [rows, .]; undefined if unwanted
    torch::Tensor norms;  ///< of the norms' weights and biases, [rows, .]; undefined if unwanted

private:
    /// Where the gradients of a linear layer are kept.
    struct Place {
        std::optional<std::size_t> factors; ///< in `linears`
        std::int64_t bias = 0;              ///< first column in `biases`
    };

    KernelRows m_rows;
    const std::vector<SampleBlock>& m_blocks;
    bool m_lora;
    ScratchSpace& m_scratch;
    std::map<const ProjectionImpl*, Place> m_linears;
    std::map<const NormImpl*, std::int64_t> m_norms; ///< first column in `norms`
};

} // namespace finescope::engine
