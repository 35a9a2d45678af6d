#pragma once

#include "core/engine/model/dropout.h"

#include <torch/torch.h>

#include <cstdint>

namespace finescope::engine {

/// Scaled dot-product attention of several heads (Vaswani et al. 2017). queries [B, T', h], keys and values
/// [B, T, h]; attentionBias as EncoderImpl::attentionBias makes it; `rate` is the share of the
/// probabilities that is dropped. Returns [B, T', h], before any output projection.
[[nodiscard]] torch::Tensor attend(const torch::Tensor& queries, const torch::Tensor& keys,
                                   const torch::Tensor& values, std::int64_t heads,
                                   const torch::Tensor& attentionBias, double rate, Dropout* dropout);

} // namespace finescope::engine
