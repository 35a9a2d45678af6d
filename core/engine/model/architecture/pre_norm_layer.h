#pragma once

#include "core/engine/model/architecture/layer.h"

#include <cstdint>

namespace finescope::engine {

/// A layer whose norms come before attention and before the linear layers (Xiong et al. 2020), as GPT-2,
/// Llama and ModernBERT have it: of PreNormSettings it has rotary positions, shared keys and values, norms of
/// queries and keys, a window, a gate. The last layer closes with the norm that follows it.
class PreNormLayer : public Layer {
public:
    PreNormLayer(const EncoderConfig& config, std::int64_t index);
    Widened widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                  Dropout* dropout, Taps* taps) override;

private:
    [[nodiscard]] torch::Tensor turned(const torch::Tensor& projected, Norm& norm, const Rotation& rotation,
                                       Taps* taps) const;

    std::int64_t m_heads, m_headWidth;
    Activation m_activation;
    bool m_local;
    double m_attentionDropout, m_attentionOutputDropout, m_widenedDropout;
    Projection m_key{nullptr}, m_attentionOutput{nullptr}, m_intermediate{nullptr};
    Projection m_up{nullptr};                       ///< empty without a gate
    Norm m_attentionNorm{nullptr}, m_norm{nullptr}; ///< the first is empty where there is none
    Norm m_queryNorm{nullptr}, m_keyNorm{nullptr};  ///< empty where there are none
};

} // namespace finescope::engine
