#pragma once

#include "core/engine/model/architecture/layer.h"
#include "core/engine/model/architecture/parts.h"
#include "core/engine/model/config.h"
#include "core/engine/model/dropout.h"
#include "core/engine/model/parameter_group.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace finescope::engine {

/// A batch of token ids: all [B, T] int64; mask is 1 for tokens and 0 for padding.
struct TokenBatch {
    torch::Tensor ids, typeIds, mask;
};

/// A table that the first layer's input is summed from, or that all layers read.
struct EmbeddingTable {
    ParameterGroup group;
    torch::Tensor weight;                ///< [rows, width]
    std::optional<std::int64_t> skipped; ///< the row that never learns, so that it has no gradient
    /// Which row each token reads, [B, T]. Valid while the encoder lives.
    std::function<torch::Tensor(const TokenBatch&)> ids;
    Norm norm{nullptr}; ///< through which the layers read a table of theirs; empty where there is none
};

/// An encoder of a known family (architecture/families.h), or a decoder, without a head. Without a Dropout
/// nothing is dropped. A new encoder's weights are zero (norms are 1 and 0): load a checkpoint or call
/// initialise. forward = embed, then each of `layers` with `context`.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);
    /// Last hidden state [B, T, h]. Throws Error{badInput} if T exceeds config.maxLength().
    torch::Tensor forward(const TokenBatch& batch, Dropout* dropout = nullptr);

    /// The first layer's input [B, T, h]: the sum of word, position and type embeddings, as far as the family
    /// has them, then its norm and a linear layer likewise. Throws as forward.
    torch::Tensor embed(const TokenBatch& batch, Dropout* dropout = nullptr);
    /// That sum alone, [B, T, width of the tables].
    torch::Tensor embeddingSum(const TokenBatch& batch);
    /// From that sum to the first layer's input. `taps` receives what passed through embeddingParts.
    torch::Tensor normedSum(const torch::Tensor& sum, Dropout* dropout = nullptr, Taps* taps = nullptr);
    /// What stands there, and the norms of shared tables.
    [[nodiscard]] Parts embeddingParts() const;
    /// The tables of that sum: words first.
    [[nodiscard]] std::vector<EmbeddingTable> tables() const;
    /// The tables of LayerContext::shared, in its order; no token reads a row of its own in them, so `ids` is
    /// empty.
    [[nodiscard]] std::vector<EmbeddingTable> sharedTables() const;
    /// Position ids [B, T] (or [1, T], where they are the same for all), as the family counts them.
    [[nodiscard]] torch::Tensor positions(const torch::Tensor& ids) const;
    /// What the layers read of a batch with this mask, [B, T], besides its hidden states; the last layer's
    /// pooled token is that of `pooling`.
    [[nodiscard]] LayerContext context(const torch::Tensor& mask, Pooling pooling = Pooling::first) const;

    EncoderConfig config;
    bool recomputesLayers = false; ///< in the backward pass, instead of keeping what they computed
    torch::nn::Embedding wordEmbeddings{nullptr};
    torch::nn::Embedding positionEmbeddings{nullptr}, typeEmbeddings{nullptr}; ///< empty where there is none
    torch::nn::Embedding relativeEmbeddings{nullptr};   ///< likewise; [buckets, heads or h]
    Norm embeddingNorm{nullptr}, relativeNorm{nullptr}; ///< likewise
    Projection embeddingProjection{nullptr};            ///< likewise: from the tables' width to the layers'
    std::vector<std::shared_ptr<Layer>> layers;
};
TORCH_MODULE(Encoder);

/// Draws all weights anew from N(0, 0.02), biases 0, layer norms 1 and 0, the pad id's rows 0, as
/// transformers does before pre-training. The same seed gives the same weights.
void initialise(Encoder& encoder, std::uint64_t seed);

/// Features phi [B, h] of a last hidden state [B, T, h]: the first token's, the mean over unmasked tokens, or
/// the last unmasked token's. mask [B, T] as in TokenBatch, at least one token a row.
[[nodiscard]] torch::Tensor pool(const torch::Tensor& hidden, const torch::Tensor& mask, Pooling pooling);

} // namespace finescope::engine
