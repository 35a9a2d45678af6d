#pragma once

#include "core/engine/model/config.h"

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

/// Rows of the table of relative positions, `count` from `first` on.
struct RelativeRows {
    std::int64_t first = 0, count = 0;
};
/// Those that texts of `length` tokens reach: all of them, where the order of rows is not that of distances.
[[nodiscard]] RelativeRows reachedRows(const EncoderConfig& config, std::int64_t length);
/// The row for each query and key of such a text, [T, T] int64, counted from the first that is reached.
[[nodiscard]] torch::Tensor relativeRows(const EncoderConfig& config, std::int64_t length,
                                         const torch::TensorOptions& options);

} // namespace finescope::engine
