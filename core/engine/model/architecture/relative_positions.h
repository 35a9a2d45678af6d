#pragma once

#include "core/engine/model/layer_settings.h"

#include <torch/torch.h>

#include <cstdint>

namespace finescope::engine {

/// The row of a table of relative positions for each distance of a query after its key: one for each short
/// distance, then ever wider ranges up to 128, half of the `buckets` for each direction. int64, the shape of
/// `distances`. Source: Raffel et al. 2020, section 2.1, as MPNet (Song et al. 2020) computes it in float32.
[[nodiscard]] torch::Tensor relativeBuckets(const torch::Tensor& distances, std::int64_t buckets);

/// The row of DeBERTa's table for each distance of a query after its key, likewise: distance 0 has the row
/// in the middle. Source: He et al. 2021 and, for the ranges, transformers, in float32 as there.
[[nodiscard]] torch::Tensor disentangledRows(const torch::Tensor& distances,
                                             const DisentangledSettings& settings);

} // namespace finescope::engine
