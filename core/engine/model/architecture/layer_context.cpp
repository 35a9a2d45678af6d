#include "core/engine/model/architecture/layer_context.h"

#include <limits>

namespace finescope::engine {

namespace {

/// 0, or the lowest finite number where `barred`; undefined where nothing is.
torch::Tensor biasOf(const torch::Tensor& barred, const torch::TensorOptions& options) {
    if (!barred.defined()) {
        return {};
    }
    const bool isDouble = options.dtype() == torch::kFloat64;
    const double lowest = isDouble ? std::numeric_limits<double>::lowest()
                                   : static_cast<double>(std::numeric_limits<float>::lowest());
    return torch::zeros(barred.sizes(), options).masked_fill_(barred, lowest);
}

} // namespace

void LayerContext::bar(const torch::Tensor& mask, const PreNormSettings& settings,
                       const torch::TensorOptions& options) {
    const std::int64_t length = mask.size(1);
    const auto ofPairs = [length](const torch::Tensor& barred) {
        return barred.view({1, 1, length, length});
    };
    const torch::Tensor distances = distancesOf(length, mask.options());
    torch::Tensor barred; // [B or 1, 1, 1 or T, T], true where a token may not attend
    if (settings.causal) {
        // Padding, at the right, comes after all tokens; what attends to it is padding, which nobody reads.
        barred = ofPairs(distances.lt(0));
    } else if (mask.min().item<std::int64_t>() == 0) {
        barred = mask.eq(0).unsqueeze(1).unsqueeze(1);
    }
    attentionBias = localBias = biasOf(barred, options);
    if (!settings.local.empty() && settings.window < length - 1) {
        const torch::Tensor far = ofPairs(distances.abs().gt(settings.window));
        localBias = biasOf(barred.defined() ? barred.logical_or(far) : far, options);
    }
}

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

torch::Tensor distancesOf(std::int64_t length, const torch::TensorOptions& options) {
    const torch::Tensor places = torch::arange(length, options.dtype(torch::kInt64).requires_grad(false));
    return places.unsqueeze(1) - places;
}

torch::Tensor lastTokens(const torch::Tensor& mask) {
    return mask.sum(1) - 1;
}

torch::Tensor atPlaces(const torch::Tensor& x, const torch::Tensor& places) {
    const torch::Tensor rows = torch::arange(places.size(0), places.options());
    return x.index({rows, places}).unsqueeze(1);
}

} // namespace finescope::engine
