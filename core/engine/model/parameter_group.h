#pragma once

namespace finescope::engine {

/// Which parameters' gradients enter the kernel's part F, in groups that are accumulated apart where asked.
/// definitions.md, Parts of the kernel.
enum class ParameterGroup {
    wordEmbedding,
    positionEmbedding,
    typeEmbedding,
    queryValueWeight,
    otherWeight,
    bias,
    layerNorm,
    lora,
};

} // namespace finescope::engine
