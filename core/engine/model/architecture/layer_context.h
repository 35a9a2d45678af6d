#pragma once

#include "core/engine/model/architecture/rotary.h"
#include "core/engine/model/config.h"

#include <torch/torch.h>

#include <vector>

namespace finescope::engine {

/// The tokens whose output is wanted of a layer. Features of one token need no other of the last layer.
enum class OutputTokens { all, pooled };

/// What the layers read of a batch besides its hidden states. EncoderImpl::context makes it.
struct LayerContext {
    /// What is added to attention scores, [B or 1, 1, T or 1, T]: 0 where a token may attend, the lowest
    /// finite number where it may not. Undefined where every token attends to all, which spares the
    /// additions.
    torch::Tensor attentionBias;
    torch::Tensor localBias;           ///< the same for layers that attend to near tokens only
    Rotation rotation, localRotation;  ///< of queries and keys; undefined without rotary positions
    torch::Tensor pooled;              ///< [B] int64, the place of the pooled token; undefined: the first
    torch::Tensor relative;            ///< [T, T] int64, the row of a shared table for query and key,
                                       ///< counted from the first that is here
    std::vector<torch::Tensor> shared; ///< tables that all layers read and learn through, [1 or B, rows, .]

    /// Sets both biases for texts with this mask, [B, T], padded at the right.
    void bar(const torch::Tensor& mask, const PreNormSettings& settings, const torch::TensorOptions& options);
    /// x [B, T, ...] of the tokens that are asked for: x itself, or [B, 1, ...].
    [[nodiscard]] torch::Tensor asked(const torch::Tensor& x, OutputTokens tokens) const;
    /// The rows [B or 1, ., 1 or T, T] of a bias [B or 1, ., 1 or T, T] for the tokens that ask.
    [[nodiscard]] torch::Tensor askedRows(const torch::Tensor& bias, OutputTokens tokens) const;
    /// The rotation of the tokens that ask.
    [[nodiscard]] Rotation asked(const Rotation& whole, OutputTokens tokens) const;
};

/// How far each query comes after each key, [T, T] int64.
[[nodiscard]] torch::Tensor distancesOf(std::int64_t length, const torch::TensorOptions& options);

/// The place of the last token of each row that is no padding, [B]. mask [B, T], padded at the right.
[[nodiscard]] torch::Tensor lastTokens(const torch::Tensor& mask);

/// x [B, T, ...] at one place of each row: [B, 1, ...].
[[nodiscard]] torch::Tensor atPlaces(const torch::Tensor& x, const torch::Tensor& places);

} // namespace finescope::engine
