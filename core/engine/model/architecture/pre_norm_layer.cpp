#include "core/engine/model/architecture/pre_norm_layer.h"

#include "core/engine/model/architecture/attention.h"

#include <utility>

namespace finescope::engine {

namespace {

torch::Tensor activated(const torch::Tensor& x, Activation activation) {
    switch (activation) {
    case Activation::gelu:
        return torch::gelu(x);
    case Activation::geluTanh:
        return torch::gelu(x, "tanh");
    case Activation::silu:
        return torch::silu(x);
    case Activation::relu:
        return torch::relu(x);
    }
    return x;
}

} // namespace

PreNormLayer::PreNormLayer(const EncoderConfig& config, std::int64_t index)
    : Layer(config.hiddenDropout), m_heads(config.heads), m_headWidth(config.headWidth()),
      m_activation(config.preNorm.activation),
      m_local(!config.preNorm.local.empty() && config.preNorm.local[static_cast<std::size_t>(index)]),
      m_attentionDropout(config.attentionDropout),
      m_attentionOutputDropout(config.preNorm.attentionOutputDropout),
      m_widenedDropout(config.preNorm.widenedDropout) {
    const PreNormSettings& settings = config.preNorm;
    const std::int64_t width = config.hiddenSize, wide = config.intermediateSize,
                       queries = m_heads * m_headWidth, keys = config.keyValueHeads() * m_headWidth;
    const auto linear = [&](const char* name, std::int64_t in, std::int64_t out, bool biased) {
        return register_module(name, Projection(in, out, biased));
    };
    const auto norm = [&](const char* name, std::int64_t entries) {
        return register_module(name, Norm(entries, config.layerNormEpsilon, settings.norm));
    };
    if (index > 0 || !settings.firstWithoutNorm) {
        m_attentionNorm = norm("attention_norm", width);
    }
    query = linear("query", width, queries, settings.queryKeyValueBiased);
    m_key = linear("key", width, keys, settings.queryKeyValueBiased);
    value = linear("value", width, keys, settings.queryKeyValueBiased);
    if (settings.queryKeyNorm) {
        m_queryNorm = norm("query_norm", m_headWidth);
        m_keyNorm = norm("key_norm", m_headWidth);
    }
    m_attentionOutput = linear("attention_output", queries, width, settings.attentionOutputBiased);
    m_norm = norm("middle_norm", width);
    m_intermediate = linear("intermediate", width, wide, settings.linearBiased);
    if (settings.gated) {
        m_up = linear("up", width, wide, settings.linearBiased);
    }
    output = linear("output", wide, width, settings.linearBiased);
    if (index + 1 == config.layers) {
        outputNorm = norm("output_norm", width);
    }
}

// [B, T, heads x width], each head normed where there is a norm, and turned.
torch::Tensor PreNormLayer::turned(const torch::Tensor& projected, Norm& norm, const Rotation& rotation,
                                   Taps* taps) const {
    if (norm.is_empty() && !rotation.cosine.defined()) {
        return projected;
    }
    torch::Tensor heads = projected.view({projected.size(0), projected.size(1), -1, m_headWidth});
    if (!norm.is_empty()) {
        heads = norm->forward(heads, taps);
    }
    return rotated(heads, rotation).reshape(projected.sizes());
}

Widened PreNormLayer::widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                            Dropout* dropout, Taps* taps) {
    const Rotation& rotation = m_local ? context.localRotation : context.rotation;
    const torch::Tensor& bias = m_local ? context.localBias : context.attentionBias;
    const torch::Tensor normed = m_attentionNorm.is_empty() ? hidden : m_attentionNorm->forward(hidden, taps);
    const torch::Tensor queries = turned(query->forward(context.asked(normed, tokens), taps), m_queryNorm,
                                         context.asked(rotation, tokens), taps);
    const torch::Tensor keys = turned(m_key->forward(normed, taps), m_keyNorm, rotation, taps);
    const torch::Tensor values = value->forward(normed, taps);
    const torch::Tensor attention =
        attend(queries, keys, values, m_heads, context.askedRows(bias, tokens), m_attentionDropout, dropout);
    const torch::Tensor attended = m_attentionOutput->forward(attention, taps);
    const torch::Tensor residual =
        dropped(attended, m_attentionOutputDropout, dropout) + context.asked(hidden, tokens);
    const torch::Tensor middle = m_norm->forward(residual, taps);
    torch::Tensor widened = activated(m_intermediate->forward(middle, taps), m_activation);
    if (!m_up.is_empty()) {
        widened = widened * m_up->forward(middle, taps);
    }
    return {residual, dropped(widened, m_widenedDropout, dropout)};
}

} // namespace finescope::engine
