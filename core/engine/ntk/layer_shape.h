#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// Sizes of one linear layer, as it was seen at work.
struct LinearShape {
    std::int64_t in = 0, out = 0;
    std::int64_t rank = 0;     ///< of its adapter; 0 without one
    bool firstOnly = false;    ///< where only the first token is wanted, works on it alone
    bool readsAsOther = false; ///< what a linear layer before it reads, too
};

/// What the cost of a layer in a sweep is counted from.
struct LayerShape {
    std::vector<LinearShape> linears;   ///< in order, the last one last
    std::int64_t biases = 0, norms = 0; ///< entries of the linear layers' biases, of the norms' parameters
    std::int64_t attentionWidth = 0;
    bool readsInput = false; ///< a linear layer reads what the layer does, not something made of it
};

/// Of each layer of the encoder: it is asked for its taps on a sample of two tokens.
[[nodiscard]] std::vector<LayerShape> layerShapes(const EncoderImpl& encoder);

/// Operations of one block in one layer: its way forward, what of that is done again before the way back, and
/// one direction's way back.
struct LayerOperations {
    double forward = 0, again = 0, backward = 0;
};
[[nodiscard]] LayerOperations layerOperations(const LayerShape& layer, const SampleBlock& block,
                                              OutputTokens tokens);

} // namespace finescope::engine
