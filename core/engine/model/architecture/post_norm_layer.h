#pragma once

#include "core/engine/model/architecture/layer.h"

namespace finescope::engine {

/// BERT's layer (Devlin et al. 2019): a norm after each of attention and two linear layers with an exact
/// GELU, biases everywhere.
class PostNormLayer : public Layer {
public:
    explicit PostNormLayer(const EncoderConfig& config);
    Widened widen(const torch::Tensor& hidden, const torch::Tensor& attentionBias, OutputTokens tokens,
                  Dropout* dropout, Taps* taps) override;

private:
    std::int64_t m_heads;
    double m_attentionDropout;
    Projection m_key, m_attentionOutput, m_intermediate;
    Norm m_attentionNorm;
};

} // namespace finescope::engine
