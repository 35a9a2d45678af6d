#include "core/engine/ntk/layer_shape.h"

#include <algorithm>

namespace finescope::engine {

namespace {

LayerShape shapeOf(Layer& layer, const LayerContext& context, const EncoderConfig& config) {
    Taps taps;
    const torch::Tensor input = torch::zeros({1, 2, config.hiddenSize}, layer.output->weight.options());
    const Widened values = layer.widen(input, context, OutputTokens::pooled, nullptr, &taps);
    taps.linears.push_back({layer.output.get(), values.widened, {}});
    LayerShape shape;
    for (std::size_t i = 0; i < taps.linears.size(); ++i) {
        const LinearTap& tap = taps.linears[i];
        const bool readsTable = std::ranges::any_of(
            context.shared, [&](const torch::Tensor& table) { return tap.input.is_alias_of(table); });
        if (readsTable) {
            shape.tableRows = config.relativeBuckets;
            const auto before =
                std::ranges::find(taps.linears, tap.linear, &LinearTap::linear) - taps.linears.begin();
            if (const auto first = static_cast<std::size_t>(before); first < i) {
                shape.linears[first].readsTable = true;
                continue;
            }
        }
        const torch::Tensor& weight = tap.linear->weight;
        const bool readsAsOther =
            std::any_of(taps.linears.begin(), taps.linears.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const LinearTap& other) { return other.input.is_alias_of(tap.input); });
        shape.linears.push_back({weight.size(1), weight.size(0),
                                 tap.linear->lora.active() ? tap.linear->lora.a.size(0) : 0,
                                 tap.input.size(1) == 1, readsAsOther, !readsTable, readsTable});
        shape.readsInput |= tap.input.is_alias_of(input);
        shape.biases += tap.linear->bias.numel();
    }
    for (const Norm& norm : layer.parts().norms) {
        shape.norms += norm->weight.numel() + norm->bias.numel();
    }
    shape.attentionWidth = layer.attentionWidth();
    return shape;
}

} // namespace

std::vector<LayerShape> layerShapes(const EncoderImpl& encoder) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor mask = torch::ones({1, 2}, torch::kInt64).to(encoder.wordEmbeddings->weight.device());
    const LayerContext context = encoder.context(mask);
    std::vector<LayerShape> shapes;
    for (const std::shared_ptr<Layer>& layer : encoder.layers) {
        shapes.push_back(shapeOf(*layer, context, encoder.config));
    }
    return shapes;
}

ReadCounts readCounts(const LayerShape& layer, const LinearShape& linear, std::int64_t length,
                      OutputTokens tokens) {
    const bool one = linear.pooledOnly && tokens == OutputTokens::pooled;
    return {!linear.readsTokens ? 0
            : one               ? 1
                                : length,
            linear.readsTable ? std::min(2 * length - 1, layer.tableRows) : 0};
}

LayerOperations layerOperations(const LayerShape& layer, const SampleBlock& block, OutputTokens tokens) {
    const auto count = static_cast<double>(block.count), length = static_cast<double>(block.length);
    const double asked = tokens == OutputTokens::pooled ? 1 : length;
    double linears = 0, last = 0, tables = 0, scores = 0;
    for (const LinearShape& linear : layer.linears) {
        const ReadCounts read = readCounts(layer, linear, block.length, tokens);
        const double each = 2 * static_cast<double>(linear.in) * static_cast<double>(linear.out);
        last = count * static_cast<double>(read.tokens) * each;
        linears += last;
        tables += static_cast<double>(read.rows) * each;
        scores += 2 * count * length * static_cast<double>(read.rows * layer.attentionWidth);
    }
    const double attention = 4 * count * asked * length * static_cast<double>(layer.attentionWidth) + scores;
    // All samples read one table on their way forward, and each its own on the way back.
    const double again = linears + attention - last + count * tables;
    return {linears + attention + tables, again, linears + 2 * attention + count * tables};
}

} // namespace finescope::engine
