#pragma once

#include "core/engine/model/config.h"
#include "core/engine/model/dropout.h"
#include "core/engine/model/parameter_group.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace finescope::engine {

/// A batch of token ids: all [B, T] int64; mask is 1 for tokens and 0 for padding.
struct TokenBatch {
    torch::Tensor ids, typeIds, mask;
};

/// A low-rank update of a linear layer's weight: y = W x + b + scale * B (A x). A [r, in], B [out, r].
/// definitions.md, LoRA.
struct LoraUpdate {
    torch::Tensor a, b;
    double scale = 1;
    [[nodiscard]] bool active() const { return a.defined(); }
};

/// What a layer computed on its way to Widened, for whoever wants the gradients of its weights: inputs and
/// outputs of its linear layers and layer norms. [B, T, .] each; [B, 1, .] where only the first token was
/// asked for.
struct LayerTrace {
    torch::Tensor query, key, value; ///< outputs of the projections
    torch::Tensor context, attended; ///< input and output of attentionOutput
    torch::Tensor attentionSum;      ///< input of attentionNorm
    torch::Tensor intermediate;      ///< output of intermediate
};

/// A layer's values before its last linear layer. [B, T, .] each; [B, 1, .] of the first token alone.
struct Widened {
    torch::Tensor middle;  ///< output of attentionNorm; `intermediate` reads it, and outputSum adds it again
    torch::Tensor widened; ///< what `output` reads
};

/// Which tokens a layer's output is wanted of. Of the last layer, features from the first token need no
/// other.
enum class OutputTokens { all, first };

/// A table that the first layer's input is summed from.
struct EmbeddingTable {
    ParameterGroup group;
    torch::Tensor weight;                ///< [rows, h]
    std::optional<std::int64_t> skipped; ///< the row that never learns, so that it has no gradient
    /// Which row each token reads, [B, T]. Not after the encoder is gone.
    std::function<torch::Tensor(const TokenBatch&)> ids;
};

class SelfAttentionImpl : public torch::nn::Module {
public:
    explicit SelfAttentionImpl(const EncoderConfig& config);
    /// asking [B, T', h] are the tokens that attend to hidden [B, T, h]; attentionBias as
    /// EncoderImpl::attentionBias makes it. Returns [B, T', h] before the output projection.
    torch::Tensor forward(const torch::Tensor& asking, const torch::Tensor& hidden,
                          const torch::Tensor& attentionBias, Dropout* dropout = nullptr,
                          LayerTrace* trace = nullptr);

    torch::nn::Linear query{nullptr}, key{nullptr}, value{nullptr};
    LoraUpdate queryLora, valueLora;

private:
    /// [B, T, h] to [B * heads, T, h / heads], contiguous.
    [[nodiscard]] torch::Tensor splitHeads(const torch::Tensor& projected) const;

    std::int64_t m_heads;
    double m_dropout;
};
TORCH_MODULE(SelfAttention);

class EncoderLayerImpl : public torch::nn::Module {
public:
    explicit EncoderLayerImpl(const EncoderConfig& config);
    /// hidden [B, T, h] to the next layer's hidden [B, T, h], or [B, 1, h] of the first token: outputNorm of
    /// outputSum of widen.
    torch::Tensor forward(const torch::Tensor& hidden, const torch::Tensor& attentionBias,
                          OutputTokens tokens = OutputTokens::all, Dropout* dropout = nullptr);
    /// The way up to the last linear layer. `trace` receives what lies between.
    Widened widen(const torch::Tensor& hidden, const torch::Tensor& attentionBias, OutputTokens tokens,
                  Dropout* dropout = nullptr, LayerTrace* trace = nullptr);
    /// What outputNorm reads, [B, T, h] or [B, 1, h].
    torch::Tensor outputSum(const Widened& values, Dropout* dropout = nullptr);

    SelfAttention attention{nullptr};
    torch::nn::Linear attentionOutput{nullptr}, intermediate{nullptr}, output{nullptr};
    torch::nn::LayerNorm attentionNorm{nullptr}, outputNorm{nullptr};

private:
    double m_dropout;
};
TORCH_MODULE(EncoderLayer);

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
    /// That sum before its layer norm.
    torch::Tensor embeddingSum(const TokenBatch& batch);
    /// The tables of that sum: words first.
    [[nodiscard]] std::vector<EmbeddingTable> tables() const;
    /// Position ids [B, T] (or [1, T], where they are the same for all), as the family counts them.
    [[nodiscard]] torch::Tensor positions(const torch::Tensor& ids) const;
    /// What is added to attention scores, [B, 1, 1, T]: 0 for tokens, the lowest finite number for padding;
    /// an undefined tensor where nothing is padded, which spares the additions.
    [[nodiscard]] torch::Tensor attentionBias(const torch::Tensor& mask) const;

    EncoderConfig config;
    torch::nn::Embedding wordEmbeddings{nullptr}, positionEmbeddings{nullptr}, typeEmbeddings{nullptr};
    torch::nn::LayerNorm embeddingNorm{nullptr};
    std::vector<EncoderLayer> layers;
};
TORCH_MODULE(Encoder);

/// Draws all weights anew from N(0, 0.02), biases 0, layer norms 1 and 0, the pad id's rows 0, as
/// transformers does before pre-training. The same seed gives the same weights.
void initialise(Encoder& encoder, std::uint64_t seed);

/// Features phi [B, h] of a last hidden state [B, T, h]: the first token's, or the mean over unmasked tokens.
/// mask [B, T] as in TokenBatch, at least one token a row.
[[nodiscard]] torch::Tensor pool(const torch::Tensor& hidden, const torch::Tensor& mask, Pooling pooling);

} // namespace finescope::engine
