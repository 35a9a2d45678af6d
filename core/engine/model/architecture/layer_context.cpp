#include "core/engine/model/architecture/layer_context.h"

namespace finescope::engine {

torch::Tensor LayerContext::asked(const torch::Tensor& x, OutputTokens tokens) const {
    if (tokens == OutputTokens::all) {
        return x;
    }
    return pooled.defined() ? atPlaces(x, pooled) : x.narrow(1, 0, 1);
}

torch::Tensor LayerContext::askedRows(const torch::Tensor& bias, OutputTokens tokens) const {
    if (tokens == OutputTokens::all || !bias.defined() || bias.size(2) == 1) {
        return bias;
    }
    if (!pooled.defined()) {
        return bias.narrow(2, 0, 1);
    }
    const torch::Tensor rows = bias.expand({pooled.size(0), -1, -1, -1}).transpose(1, 2);
    return atPlaces(rows, pooled).transpose(1, 2);
}

Rotation LayerContext::asked(const Rotation& whole, OutputTokens tokens) const {
    if (tokens == OutputTokens::all || !whole.cosine.defined()) {
        return whole;
    }
    const auto rows = [&](const torch::Tensor& table) { // [1, T, 1, width]
        return pooled.defined() ? table.squeeze(0).index_select(0, pooled).unsqueeze(1)
                                : table.narrow(1, 0, 1);
    };
    return {rows(whole.cosine), rows(whole.sine)};
}

torch::Tensor lastTokens(const torch::Tensor& mask) {
    return mask.sum(1) - 1;
}

torch::Tensor atPlaces(const torch::Tensor& x, const torch::Tensor& places) {
    const torch::Tensor rows = torch::arange(places.size(0), places.options());
    return x.index({rows, places}).unsqueeze(1);
}

} // namespace finescope::engine
