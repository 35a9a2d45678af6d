#pragma once

#include "core/engine/model/architecture/post_norm_layer.h"

namespace finescope::engine {

/// DeBERTa's layer: BERT's, with disentangled attention (He et al. 2021, section 3).
class DisentangledLayer : public PostNormLayer {
public:
    explicit DisentangledLayer(const EncoderConfig& config);

protected:
    [[nodiscard]] torch::Tensor scoreBias(const torch::Tensor& queries, const torch::Tensor& keys,
                                          const LayerContext& context, OutputTokens tokens, Dropout* dropout,
                                          Taps* taps) override;

private:
    /// What the table's rows are as keys, and as queries; empty where they are not used. Queries' and keys'
    /// own where they are shared.
    Projection m_positionKey{nullptr}, m_positionQuery{nullptr};
};

} // namespace finescope::engine
