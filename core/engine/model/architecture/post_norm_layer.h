#pragma once

#include "core/engine/model/architecture/layer.h"

namespace finescope::engine {

/// BERT's layer (Devlin et al. 2019): a norm after each of attention and two linear layers with a GELU
/// between, biases everywhere. Where there is a table of relative positions, its entry for query and key is
/// added to their score (Raffel et al. 2020).
class PostNormLayer : public Layer {
public:
    explicit PostNormLayer(const EncoderConfig& config);
    Widened widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                  Dropout* dropout, Taps* taps) override;

protected:
    /// What is added to the attention scores of these queries and keys, [B or 1, 1 or heads, 1 or T', T]; may
    /// be undefined.
    [[nodiscard]] virtual torch::Tensor scoreBias(const torch::Tensor& queries, const torch::Tensor& keys,
                                                  const LayerContext& context, OutputTokens tokens,
                                                  Dropout* dropout, Taps* taps);

    std::int64_t m_heads;
    std::int64_t m_scoreTerms = 1; ///< as attend has it
    Projection m_key;

private:
    double m_attentionDropout;
    Projection m_attentionOutput, m_intermediate;
    Norm m_attentionNorm;
};

} // namespace finescope::engine
