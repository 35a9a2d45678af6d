#include "core/engine/model/architecture/attention.h"

#include <cmath>

namespace finescope::engine {

namespace {

/// [B, T, h] to [B * heads, T, h / heads], contiguous.
torch::Tensor splitHeads(const torch::Tensor& projected, std::int64_t heads) {
    const std::int64_t batch = projected.size(0), length = projected.size(1);
    return projected.view({batch, length, heads, -1})
        .transpose(1, 2)
        .reshape({batch * heads, length, projected.size(2) / heads});
}

} // namespace

torch::Tensor attend(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                     std::int64_t heads, const torch::Tensor& attentionBias, double rate, Dropout* dropout) {
    const std::int64_t batch = keys.size(0), length = keys.size(1), width = keys.size(2);
    const std::int64_t asked = queries.size(1), headWidth = width / heads;
    const double scale = 1 / std::sqrt(static_cast<double>(headWidth));
    const torch::Tensor q = splitHeads(queries * scale, heads), k = splitHeads(keys, heads),
                        v = splitHeads(values, heads);

    torch::Tensor scores = torch::bmm(q, k.transpose(1, 2)); // [B * heads, T', T]
    if (attentionBias.defined()) {
        scores = (scores.view({batch, heads, asked, length}) + attentionBias).view_as(scores);
    }
    const torch::Tensor probabilities = dropped(torch::softmax(scores, -1), rate, dropout);
    return torch::bmm(probabilities, v)
        .view({batch, heads, asked, width / heads})
        .transpose(1, 2)
        .reshape({batch, asked, width});
}

} // namespace finescope::engine
