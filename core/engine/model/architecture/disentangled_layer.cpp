#include "core/engine/model/architecture/disentangled_layer.h"

#include <cmath>

namespace finescope::engine {

DisentangledLayer::DisentangledLayer(const EncoderConfig& config) : PostNormLayer(config) {
    const DisentangledSettings& settings = config.disentangled;
    const auto projection = [&](const char* name, const Projection& shared) {
        return settings.sharesProjections
                   ? shared
                   : register_module(name, Projection(config.hiddenSize, config.hiddenSize));
    };
    if (settings.contentToPosition) {
        m_positionKey = projection("position_key", m_key);
        ++m_scoreTerms;
    }
    if (settings.positionToContent) {
        // LoRA does not adapt it: `query` in its name would say so (Layer::parts, groupOf).
        m_positionQuery = projection("position_asking", query);
        ++m_scoreTerms;
    }
}

torch::Tensor DisentangledLayer::scoreBias(const torch::Tensor& queries, const torch::Tensor& keys,
                                           const LayerContext& context, OutputTokens tokens, Dropout* dropout,
                                           Taps* taps) {
    const std::int64_t batch = keys.size(0), length = keys.size(1), asked = queries.size(1),
                       headWidth = queries.size(2) / m_heads;
    torch::Tensor table = context.shared.front(); // [1 or B, rows, h]
    if (dropout != nullptr) {
        // Each row of the batch drops by itself, whichever thread has it.
        table = dropped(table.expand({batch, -1, -1}), m_dropout, dropout);
    }
    const auto split = [&](const torch::Tensor& x) { // [., tokens, h] to [., heads, tokens, width]
        return x.view({x.size(0), x.size(1), m_heads, headWidth}).transpose(1, 2);
    };
    const auto ofRows = [&](const torch::Tensor& contents, ProjectionImpl& projection) {
        return torch::matmul(split(contents), split(projection.forward(table, taps)).transpose(2, 3));
    };
    // [B or 1, 1, T', T]. A query's position after a key is the key's position before it: one row for both.
    const torch::Tensor rows = context.askedRows(context.relative.view({1, 1, length, length}), tokens);
    torch::Tensor sum;
    if (!m_positionKey.is_empty()) {
        sum = ofRows(queries, *m_positionKey).gather(3, rows.expand({batch, m_heads, asked, length}));
    }
    if (!m_positionQuery.is_empty()) {
        const torch::Tensor own = ofRows(keys, *m_positionQuery)
                                      .gather(3, rows.transpose(2, 3).expand({batch, m_heads, length, asked}))
                                      .transpose(2, 3);
        sum = sum.defined() ? sum + own : own;
    }
    sum = sum / std::sqrt(static_cast<double>(headWidth * m_scoreTerms));
    const torch::Tensor mask = context.askedRows(context.attentionBias, tokens);
    return mask.defined() ? sum + mask : sum;
}

} // namespace finescope::engine
