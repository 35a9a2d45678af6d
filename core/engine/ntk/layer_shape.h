#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// Sizes of one linear layer, as its taps show them.
struct LinearShape {
    std::int64_t in = 0, out = 0;
    std::int64_t rank = 0;     ///< of its adapter; 0 without one
    bool pooledOnly = false;   ///< works on the pooled token alone where only that is wanted
    bool readsAsOther = false; ///< reads the same tokens as a linear layer before it
    bool readsTokens = true;   ///< of the text
    bool readsTable = false;   ///< reads the rows of a shared table
};

/// What the cost of a layer in a sweep is counted from.
struct LayerShape {
    std::vector<LinearShape> linears;   ///< in order, the last one last
    std::int64_t biases = 0, norms = 0; ///< entries of the linear layers' biases, of the norms' parameters
    std::int64_t attentionWidth = 0;
    std::int64_t tableRows = 0; ///< of the shared table that linear layers read
    bool readsInput = false;    ///< a linear layer reads the layer's own input, not something made of it
};

/// What a linear layer reads of a sample of `length` tokens, where only the pooled one is wanted or all are:
/// tokens, and rows of the table, at most one for each distance.
struct ReadCounts {
    std::int64_t tokens = 0, rows = 0;
};
[[nodiscard]] ReadCounts readCounts(const LayerShape& layer, const LinearShape& linear, std::int64_t length,
                                    OutputTokens tokens);

/// The shape of each layer of the encoder, from its taps on a sample of two tokens.
[[nodiscard]] std::vector<LayerShape> layerShapes(const EncoderImpl& encoder);

/// Operations of one block in one layer: the forward pass, what of it is done again before the backward pass,
/// and the backward pass of one direction.
struct LayerOperations {
    double forward = 0, again = 0, backward = 0;
};
[[nodiscard]] LayerOperations layerOperations(const LayerShape& layer, const SampleBlock& block,
                                              OutputTokens tokens);

} // namespace finescope::engine
