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

/// A table that the first layer's input is summed from.
struct EmbeddingTable {
    ParameterGroup group;
    torch::Tensor weight;                ///< [rows, h]
    std::optional<std::int64_t> skipped; ///< the row that never learns, so that it has no gradient
    /// Which row each token reads, [B, T]. Valid while the encoder lives.
    std::function<torch::Tensor(const TokenBatch&)> ids;
};

/// An encoder of a known family (architecture/families.h) without a head. Without a Dropout nothing is
/// dropped. A new encoder's weights are zero (layer norms are 1 and 0): load a checkpoint or call initialise.
/// forward = embed, then each of `layers` with the bias of attentionBias.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);
    /// Last hidden state [B, T, h]. Throws Error{badInput} if T exceeds config.maxLength().
    torch::Tensor forward(const TokenBatch& batch, Dropout* dropout = nullptr);

    /// The first layer's input [B, T, h]: the normed sum of word, position and type embeddings. Throws as
    /// forward.
    torch::Tensor embed(const TokenBatch& batch, Dropout* dropout = nullptr);
    /// That sum before its norm.
    torch::Tensor embeddingSum(const TokenBatch& batch);
    /// From that sum to the first layer's input, nothing dropped. `taps` receives what passed through
    /// embeddingParts.
    torch::Tensor normedSum(const torch::Tensor& sum, Taps* taps = nullptr);
    [[nodiscard]] Parts embeddingParts() const { return {{}, {embeddingNorm}}; }
    /// The tables of that sum: words first.
    [[nodiscard]] std::vector<EmbeddingTable> tables() const;
    /// Position ids [B, T] (or [1, T], where they are the same for all), as the family counts them.
    [[nodiscard]] torch::Tensor positions(const torch::Tensor& ids) const;
    /// What is added to attention scores, [B, 1, 1, T]: 0 for tokens, the lowest finite number for padding;
    /// an undefined tensor where nothing is padded, which spares the additions.
    [[nodiscard]] torch::Tensor attentionBias(const torch::Tensor& mask) const;

    EncoderConfig config;
    torch::nn::Embedding wordEmbeddings{nullptr}, positionEmbeddings{nullptr}, typeEmbeddings{nullptr};
    Norm embeddingNorm{nullptr};
    std::vector<std::shared_ptr<Layer>> layers;
};
TORCH_MODULE(Encoder);

/// Draws all weights anew from N(0, 0.02), biases 0, layer norms 1 and 0, the pad id's rows 0, as
/// transformers does before pre-training. The same seed gives the same weights.
void initialise(Encoder& encoder, std::uint64_t seed);

/// Features phi [B, h] of a last hidden state [B, T, h]: the first token's, or the mean over unmasked tokens.
/// mask [B, T] as in TokenBatch, at least one token a row.
[[nodiscard]] torch::Tensor pool(const torch::Tensor& hidden, const torch::Tensor& mask, Pooling pooling);

} // namespace finescope::engine
