#pragma once

#include "core/engine/model/dropout.h"

#include <torch/torch.h>

#include <cstdint>

namespace finescope::engine {

/// Scaled dot-product attention of several heads (Vaswani et al. 2017). queries [B, T', h], keys and values
/// [B, T, h], or narrower where groups of heads share theirs (Ainslie et al. 2023); attentionBias
/// [B or 1, 1 or heads, 1 or T', T], or undefined; `rate` is the share of the probabilities that is dropped;
/// `terms` is of how many products like that of queries and keys a score is the sum.
/// Returns [B, T', h], before any output projection.
[[nodiscard]] torch::Tensor attend(const torch::Tensor& queries, const torch::Tensor& keys,
                                   const torch::Tensor& values, std::int64_t heads,
                                   const torch::Tensor& attentionBias, double rate, Dropout* dropout,
                                   std::int64_t terms = 1);

} // namespace finescope::engine
