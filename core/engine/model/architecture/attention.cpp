#include "core/engine/model/architecture/attention.h"

#include <cmath>

namespace finescope::engine {

namespace {

/// [B, T, g width] to [B * heads, T, width], contiguous; each of the g groups serves heads / g of them.
torch::Tensor splitHeads(const torch::Tensor& projected, std::int64_t heads, std::int64_t width) {
    const std::int64_t batch = projected.size(0), length = projected.size(1),
                       groups = projected.size(2) / width;
    torch::Tensor split = projected.view({batch, length, groups, width}).transpose(1, 2);
    if (groups < heads) {
        split = split.unsqueeze(2).expand({batch, groups, heads / groups, length, width});
    }
    return split.reshape({batch * heads, length, width});
}

} // namespace

torch::Tensor attend(const torch::Tensor& queries, const torch::Tensor& keys, const torch::Tensor& values,
                     std::int64_t heads, const torch::Tensor& attentionBias, double rate, Dropout* dropout,
                     std::int64_t terms) {
    const std::int64_t batch = keys.size(0), length = keys.size(1), width = queries.size(2);
    const std::int64_t asked = queries.size(1), headWidth = width / heads;
    const double scale = 1 / std::sqrt(static_cast<double>(headWidth * terms));
    const torch::Tensor q = splitHeads(queries * scale, heads, headWidth),
                        k = splitHeads(keys, heads, headWidth), v = splitHeads(values, heads, headWidth);

    torch::Tensor scores = torch::bmm(q, k.transpose(1, 2)); // [B * heads, T', T]
    if (attentionBias.defined()) {
        scores = (scores.view({batch, heads, asked, length}) + attentionBias).view_as(scores);
    }
    const torch::Tensor probabilities = dropped(torch::softmax(scores, -1), rate, dropout);
    return torch::bmm(probabilities, v)
        .view({batch, heads, asked, headWidth})
        .transpose(1, 2)
        .reshape({batch, asked, width});
}

} // namespace finescope::engine
