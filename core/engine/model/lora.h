#pragma once

#include "core/engine/model/encoder.h"

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// Low-rank adapters on the query and value projections of every layer. definitions.md, LoRA.
struct LoraOptions {
    std::int64_t rank = 8;
    double alpha = 8; ///< the update is scaled by alpha / rank
    std::uint64_t seed = 0;
};

/// Freezes every weight of the encoder and adds adapters: A [r, h] uniform in (-1/sqrt(h), 1/sqrt(h))
/// (kaiming uniform with a = sqrt 5), B [h, r] zero, so that nothing changes until B does. They are
/// parameters of the encoder. The same seed gives the same A. Throws Error{badInput} for a rank outside 1..h,
/// an alpha that is not positive, or an encoder that has adapters. Source: Hu et al. 2021.
void addLora(Encoder& encoder, const LoraOptions& options);

/// The linear layers that have adapters, layer by layer, in the order of Layer::parts.
[[nodiscard]] std::vector<Projection> adaptedLayers(const Encoder& encoder);

/// The adapters' tensors (layer by layer: query A, B, value A, B): what LoRA trains besides the head. Empty
/// without adapters.
[[nodiscard]] std::vector<torch::Tensor> loraParameters(const Encoder& encoder);

} // namespace finescope::engine
