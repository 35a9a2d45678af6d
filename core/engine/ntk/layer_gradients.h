#pragma once

#include "core/engine/model/architecture/layer.h"
#include "core/engine/ntk/tap_gradients.h"

#include <cstddef>
#include <memory>
#include <set>
#include <vector>

namespace finescope::engine {

/// Deltas of one block, of each direction.
struct PulledDeltas {
    std::vector<torch::Tensor> below; ///< at the layer's input, [n, T, h]
    std::vector<std::vector<torch::Tensor>>
        shared; ///< at each shared table, [n, rows, width]; empty unless wanted
};

/// TapGradients of one encoder layer: the layer is recomputed block by block and the deltas are pulled
/// through it.
class LayerGradients {
public:
    /// As those of TapGradients.
    LayerGradients(std::shared_ptr<Layer> layer, OutputTokens tokens, const KernelRows& rows,
                   const std::vector<SampleBlock>& blocks, const std::set<ParameterGroup>& wanted,
                   ScratchSpace& scratch);

    /// input [n, T, h] of the layer, and its output before the closing norm, [n, T or 1, h]: with the latter
    /// at hand the last linear layer is not computed again. deltas of each direction at its output,
    /// [n, T or 1, h]. Any of them may have been kept off the encoder's device. Different blocks may be added
    /// from different threads.
    [[nodiscard]] PulledDeltas addBlock(std::size_t block, const torch::Tensor& input,
                                        const torch::Tensor& outputSum, const LayerContext& context,
                                        const std::vector<torch::Tensor>& deltas);

    TapGradients gradients;

private:
    std::shared_ptr<Layer> m_layer;
    OutputTokens m_tokens;
    bool m_ofTables; ///< whether deltas at shared tables are wanted
    ScratchSpace& m_scratch;
};

} // namespace finescope::engine
