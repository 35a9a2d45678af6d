#include "core/engine/model/architecture/post_norm_layer.h"

#include "core/engine/model/architecture/attention.h"

namespace finescope::engine {

PostNormLayer::PostNormLayer(const EncoderConfig& config)
    : Layer(config.hiddenDropout), m_heads(config.heads), m_attentionDropout(config.attentionDropout),
      m_key(config.hiddenSize, config.hiddenSize), m_attentionOutput(config.hiddenSize, config.hiddenSize),
      m_intermediate(config.hiddenSize, config.intermediateSize),
      m_attentionNorm(config.hiddenSize, config.layerNormEpsilon) {
    query = register_module("query", Projection(config.hiddenSize, config.hiddenSize));
    register_module("key", m_key);
    value = register_module("value", Projection(config.hiddenSize, config.hiddenSize));
    register_module("attention_output", m_attentionOutput);
    register_module("intermediate", m_intermediate);
    output = register_module("output", Projection(config.intermediateSize, config.hiddenSize));
    register_module("attention_norm", m_attentionNorm);
    outputNorm = register_module("output_norm", Norm(config.hiddenSize, config.layerNormEpsilon));
}

Widened PostNormLayer::widen(const torch::Tensor& hidden, const torch::Tensor& attentionBias,
                             OutputTokens tokens, Dropout* dropout, Taps* taps) {
    const torch::Tensor asking = tokens == OutputTokens::all ? hidden : hidden.narrow(1, 0, 1);
    const torch::Tensor queries = query->forward(asking, taps);
    const torch::Tensor keys = m_key->forward(hidden, taps);
    const torch::Tensor values = value->forward(hidden, taps);
    const torch::Tensor context =
        attend(queries, keys, values, m_heads, attentionBias, m_attentionDropout, dropout);
    const torch::Tensor attended = m_attentionOutput->forward(context, taps);
    const torch::Tensor middle =
        m_attentionNorm->forward(dropped(attended, m_dropout, dropout) + asking, taps);
    return {middle, torch::gelu(m_intermediate->forward(middle, taps))};
}

} // namespace finescope::engine
