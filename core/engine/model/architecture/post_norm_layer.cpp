#include "core/engine/model/architecture/post_norm_layer.h"

#include "core/engine/model/architecture/attention.h"

namespace finescope::engine {

PostNormLayer::PostNormLayer(const EncoderConfig& config)
    : Layer(config.hiddenDropout), m_heads(config.heads), m_key(config.hiddenSize, config.hiddenSize),
      m_attentionDropout(config.attentionDropout), m_attentionOutput(config.hiddenSize, config.hiddenSize),
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

Widened PostNormLayer::widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                             Dropout* dropout, Taps* taps) {
    const torch::Tensor asking = context.asked(hidden, tokens);
    const torch::Tensor queries = query->forward(asking, taps);
    const torch::Tensor keys = m_key->forward(hidden, taps);
    const torch::Tensor values = value->forward(hidden, taps);
    const torch::Tensor bias = scoreBias(queries, keys, context, tokens, dropout, taps);
    const torch::Tensor attention =
        attend(queries, keys, values, m_heads, bias, m_attentionDropout, dropout, m_scoreTerms);
    const torch::Tensor attended = m_attentionOutput->forward(attention, taps);
    const torch::Tensor middle =
        m_attentionNorm->forward(dropped(attended, m_dropout, dropout) + asking, taps);
    return {middle, torch::gelu(m_intermediate->forward(middle, taps))};
}

torch::Tensor PostNormLayer::scoreBias(const torch::Tensor& /*queries*/, const torch::Tensor& /*keys*/,
                                       const LayerContext& context, OutputTokens tokens, Dropout* /*dropout*/,
                                       Taps* /*taps*/) {
    torch::Tensor mask = context.askedRows(context.attentionBias, tokens);
    if (context.shared.empty()) {
        return mask;
    }
    const torch::Tensor& table = context.shared.front(); // [1 or B, buckets, heads]
    const std::int64_t length = context.relative.size(0);
    const torch::Tensor all = table.index_select(1, context.relative.flatten())
                                  .view({table.size(0), length, length, table.size(2)})
                                  .permute({0, 3, 1, 2});
    const torch::Tensor own = context.askedRows(all, tokens);
    return mask.defined() ? own + mask : own;
}

} // namespace finescope::engine
