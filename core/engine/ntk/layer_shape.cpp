#include "core/engine/ntk/layer_shape.h"

#include <algorithm>

namespace finescope::engine {

namespace {

LayerShape shapeOf(Layer& layer, const LayerContext& context, std::int64_t width) {
    Taps taps;
    const torch::Tensor input = torch::zeros({1, 2, width}, layer.output->weight.options());
    const Widened values = layer.widen(input, context, OutputTokens::pooled, nullptr, &taps);
    taps.linears.push_back({layer.output.get(), values.widened, {}});
    LayerShape shape;
    for (std::size_t i = 0; i < taps.linears.size(); ++i) {
        const LinearTap& tap = taps.linears[i];
        const torch::Tensor& weight = tap.linear->weight;
        const bool readsAsOther =
            std::any_of(taps.linears.begin(), taps.linears.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const LinearTap& other) { return other.input.is_alias_of(tap.input); });
        shape.linears.push_back({weight.size(1), weight.size(0),
                                 tap.linear->lora.active() ? tap.linear->lora.a.size(0) : 0,
                                 tap.input.size(1) == 1, readsAsOther});
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
        shapes.push_back(shapeOf(*layer, context, encoder.config.hiddenSize));
    }
    return shapes;
}

LayerOperations layerOperations(const LayerShape& layer, const SampleBlock& block, OutputTokens tokens) {
    const auto count = static_cast<double>(block.count), length = static_cast<double>(block.length);
    const double asked = tokens == OutputTokens::pooled ? 1 : length;
    double linears = 0, last = 0;
    for (const LinearShape& linear : layer.linears) {
        last = 2 * count * (linear.pooledOnly ? asked : length) * static_cast<double>(linear.in) *
               static_cast<double>(linear.out);
        linears += last;
    }
    const double attention = 4 * count * asked * length * static_cast<double>(layer.attentionWidth);
    return {linears + attention, linears + attention - last, linears + 2 * attention};
}

} // namespace finescope::engine
