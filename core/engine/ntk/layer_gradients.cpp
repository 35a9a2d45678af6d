#include "core/engine/ntk/layer_gradients.h"

#include <utility>

namespace finescope::engine {

LayerGradients::LayerGradients(EncoderLayer layer, OutputTokens tokens, const KernelRows& rows,
                               const std::vector<SampleBlock>& blocks, std::set<ParameterGroup> wanted,
                               ScratchSpace& scratch)
    : m_layer(std::move(layer)), m_tokens(tokens), m_rows(rows), m_blocks(blocks),
      m_wanted(std::move(wanted)), m_scratch(scratch) {
    const torch::Tensor& weight = m_layer->intermediate->weight;
    const std::int64_t width = weight.size(1);
    if (m_wanted.contains(ParameterGroup::bias)) {
        biases = torch::empty({rows.rows(), 5 * width + weight.size(0)}, weight.options());
    }
    if (m_wanted.contains(ParameterGroup::layerNorm)) {
        norms = torch::empty({rows.rows(), 4 * width}, weight.options());
    }
    using enum ParameterGroup;
    const auto expect = [&](ParameterGroup group) {
        linears.push_back({group, std::vector<torch::Tensor>(blocks.size()),
                           std::vector<std::vector<torch::Tensor>>(blocks.size())});
    };
    for (const ParameterGroup group : m_wanted.contains(lora)
                                          ? std::vector{lora, lora}
                                          : std::vector{queryValueWeight, otherWeight, queryValueWeight,
                                                        otherWeight, otherWeight, otherWeight}) {
        expect(group);
    }
}

std::vector<LayerGradients::Tap> LayerGradients::taps(const torch::Tensor& x, const LayerTrace& trace,
                                                      const Widened& values) const {
    using enum ParameterGroup;
    const torch::Tensor all = x.detach();
    const torch::Tensor asking = m_tokens == OutputTokens::all ? all : all.narrow(1, 0, 1);
    if (m_wanted.contains(lora)) {
        const auto lowered = [](const torch::Tensor& input, const LoraUpdate& update) {
            return update.scale * torch::matmul(input, update.a.t());
        };
        return {{lora, lowered(asking, m_layer->attention->queryLora), trace.query},
                {lora, lowered(all, m_layer->attention->valueLora), trace.value}};
    }
    return {{queryValueWeight, asking, trace.query},
            {otherWeight, all, trace.key},
            {queryValueWeight, all, trace.value},
            {otherWeight, trace.context, trace.attended},
            {otherWeight, values.middle, trace.intermediate},
            {otherWeight, values.widened, {}}};
}

void LayerGradients::addNorm(const SampleBlock& block, std::int64_t direction, std::int64_t place,
                             const torch::Tensor& delta, const torch::Tensor& normed) {
    const std::int64_t width = delta.size(2);
    const torch::Tensor rows = norms.narrow(0, m_rows.firstRow(block, direction), block.count);
    rows.narrow(1, place * width, width).copy_((delta * normed).sum(1));
    rows.narrow(1, (place + 1) * width, width).copy_(delta.sum(1));
}

std::vector<torch::Tensor> LayerGradients::addBlock(std::size_t block, const torch::Tensor& input,
                                                    const torch::Tensor& outputSum,
                                                    const torch::Tensor& attentionBias,
                                                    const std::vector<torch::Tensor>& deltas) {
    const SampleBlock& own = m_blocks[block];
    const torch::Device device = m_layer->intermediate->weight.device();
    const torch::Tensor x = input.to(device).detach().requires_grad_(true);
    const torch::Tensor sum = outputSum.to(device).detach().requires_grad_(true);
    LayerTrace trace;
    Widened values;
    torch::Tensor output;
    {
        const torch::AutoGradMode withGradients(true);
        values = m_layer->widen(x, attentionBias, m_tokens, nullptr, &trace);
        output = m_layer->outputNorm->forward(sum);
    }
    const torch::NoGradGuard noGrad;
    const std::vector<Tap> tapped = taps(x, trace, values);
    const bool withBiases = biases.defined(), withNorms = norms.defined();
    std::vector<torch::Tensor> of{x};
    if (withNorms) {
        of.push_back(values.middle);
    }
    const std::size_t firstTap = of.size();
    std::vector<std::size_t> used; // taps whose deltas somebody wants
    for (std::size_t t = 0; t < tapped.size(); ++t) {
        if (withBiases || m_wanted.contains(tapped[t].group)) {
            used.push_back(t);
            if (tapped[t].output.defined()) {
                of.push_back(tapped[t].output);
            }
        }
        if (m_wanted.contains(tapped[t].group)) {
            // The layer's own input is kept already.
            const torch::Tensor& read = tapped[t].input;
            linears[t].input[block] =
                read.is_alias_of(x) ? input.narrow(1, 0, read.size(1)) : m_scratch.keep(read);
        }
    }
    const torch::Tensor attentionNormed =
        withNorms ? normedInput(m_layer->attentionNorm, trace.attentionSum) : torch::Tensor();
    const torch::Tensor outputNormed = withNorms ? normedInput(m_layer->outputNorm, sum) : torch::Tensor();

    std::vector<torch::Tensor> below;
    for (std::size_t q = 0; q < deltas.size(); ++q) {
        const auto direction = static_cast<std::int64_t>(q);
        const bool more = q + 1 < deltas.size();
        const torch::Tensor outputDelta = deltas[q].to(device);
        const torch::Tensor sumDelta = torch::autograd::grad({output}, {sum}, {outputDelta}, more)[0];
        const std::vector<torch::Tensor> gradients =
            torch::autograd::grad({values.widened, values.middle}, of,
                                  {torch::matmul(sumDelta, m_layer->output->weight), sumDelta}, more, false);
        below.push_back(m_scratch.keep(gradients[0]));
        if (withNorms) {
            addNorm(own, direction, 0, gradients[1], attentionNormed);
            addNorm(own, direction, 2, outputDelta, outputNormed);
        }
        std::int64_t place = 0;
        for (std::size_t i = 0; i < used.size(); ++i) {
            const torch::Tensor& delta =
                tapped[used[i]].output.defined() ? gradients[firstTap + i] : sumDelta;
            if (withBiases) {
                biases.narrow(0, m_rows.firstRow(own, direction), own.count)
                    .narrow(1, place, delta.size(2))
                    .copy_(delta.sum(1));
                place += delta.size(2);
            }
            if (m_wanted.contains(tapped[used[i]].group)) {
                linears[used[i]].delta[block].push_back(m_scratch.keep(delta));
            }
        }
    }
    return below;
}

torch::Tensor normedInput(const torch::nn::LayerNorm& norm, const torch::Tensor& input) {
    return torch::layer_norm(input.detach(), norm->options.normalized_shape(), {}, {}, norm->options.eps());
}

} // namespace finescope::engine
