#pragma once

#include "core/engine/model/config.h"

#include <torch/torch.h>

#include <cstdint>

namespace finescope::engine {

/// Cosine and sine by which each token's queries and keys are turned, [1 or B, T, 1, width of a head];
/// undefined where nothing is turned.
struct Rotation {
    torch::Tensor cosine, sine;
};

/// The rotation of tokens 0 .. length - 1 for heads of `width` entries (even), of the type and device of
/// `options`. Angles are computed in double. Source: Su et al. 2021; the scaling kinds as transformers
/// computes them for inputs no longer than RotarySettings::originalPositions says.
[[nodiscard]] Rotation rotationOf(const RotarySettings& settings, std::int64_t width, std::int64_t length,
                                  const torch::TensorOptions& options);

/// x [B, T, heads, width] turned: entry i meets entry i + width / 2. x itself where nothing is turned.
[[nodiscard]] torch::Tensor rotated(const torch::Tensor& x, const Rotation& rotation);

} // namespace finescope::engine
