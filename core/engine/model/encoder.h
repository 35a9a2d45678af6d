#pragma once

#include "core/engine/model/config.h"

#include <torch/torch.h>

#include <vector>

namespace finescope::engine {

/// A batch of token ids: all [B, T] int64; mask is 1 for tokens and 0 for padding.
struct TokenBatch {
    torch::Tensor ids, typeIds, mask;
};

/// A low-rank update of a linear layer's weight: y = W x + b + scale * B (A x). A [r, in], B [out, r]. PAPER 1.6.
struct LoraUpdate {
    torch::Tensor a, b;
    double scale = 1;
    [[nodiscard]] bool active() const { return a.defined(); }
};

class SelfAttentionImpl : public torch::nn::Module {
public:
    explicit SelfAttentionImpl(const EncoderConfig& config);
    /// hidden [B, T, h], additive attention mask [B, 1, 1, T]; returns [B, T, h] before the output projection.
    torch::Tensor forward(const torch::Tensor& hidden, const torch::Tensor& attentionBias);

    torch::nn::Linear query{nullptr}, key{nullptr}, value{nullptr};
    LoraUpdate queryLora, valueLora;

private:
    std::int64_t m_heads;
    double m_dropout;
};
TORCH_MODULE(SelfAttention);

class EncoderLayerImpl : public torch::nn::Module {
public:
    explicit EncoderLayerImpl(const EncoderConfig& config);
    torch::Tensor forward(const torch::Tensor& hidden, const torch::Tensor& attentionBias);

    SelfAttention attention{nullptr};
    torch::nn::Linear attentionOutput{nullptr}, intermediate{nullptr}, output{nullptr};
    torch::nn::LayerNorm attentionNorm{nullptr}, outputNorm{nullptr};

private:
    double m_dropout;
};
TORCH_MODULE(EncoderLayer);

/// BERT or RoBERTa without a head. Dropout acts in train() mode only.
class EncoderImpl : public torch::nn::Module {
public:
    explicit EncoderImpl(const EncoderConfig& config);
    /// Last hidden state [B, T, h].
    torch::Tensor forward(const TokenBatch& batch);

    EncoderConfig config;
    torch::nn::Embedding wordEmbeddings{nullptr}, positionEmbeddings{nullptr}, typeEmbeddings{nullptr};
    torch::nn::LayerNorm embeddingNorm{nullptr};
    std::vector<EncoderLayer> layers;
};
TORCH_MODULE(Encoder);

/// Features phi [B, h] of a last hidden state [B, T, h]: the first token's, or the mean over unmasked tokens.
[[nodiscard]] torch::Tensor pool(const torch::Tensor& hidden, const torch::Tensor& mask, Pooling pooling);

} // namespace finescope::engine
