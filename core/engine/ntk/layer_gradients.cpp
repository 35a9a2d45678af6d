#include "core/engine/ntk/layer_gradients.h"

#include <span>
#include <utility>

namespace finescope::engine {

LayerGradients::LayerGradients(std::shared_ptr<Layer> layer, OutputTokens tokens, const KernelRows& rows,
                               const std::vector<SampleBlock>& blocks, const std::set<ParameterGroup>& wanted,
                               ScratchSpace& scratch)
    : gradients(layer->parts(), layer->output->weight.options(), rows, blocks, wanted, scratch),
      m_layer(std::move(layer)), m_tokens(tokens),
      m_ofTables(wanted.contains(ParameterGroup::positionEmbedding) ||
                 wanted.contains(ParameterGroup::layerNorm)),
      m_scratch(scratch) {}

PulledDeltas LayerGradients::addBlock(std::size_t block, const torch::Tensor& input,
                                      const torch::Tensor& outputSum, const LayerContext& context,
                                      const std::vector<torch::Tensor>& deltas) {
    const torch::Device device = m_layer->output->weight.device();
    const torch::Tensor x = input.to(device).detach().requires_grad_(true);
    const torch::Tensor sum = outputSum.to(device).detach().requires_grad_(true);
    // Each sample reads a table of its own, or their deltas would come as one sum.
    LayerContext own = context;
    for (torch::Tensor& table : own.shared) {
        table = table.expand({x.size(0), -1, -1}).detach().requires_grad_(true);
    }
    Taps taps, closing;
    Widened values;
    torch::Tensor output;
    {
        const torch::AutoGradMode withGradients(true);
        values = m_layer->widen(x, own, m_tokens, nullptr, &taps);
        output = m_layer->close(sum, &closing);
    }
    const torch::NoGradGuard noGrad;
    // Never computed, so it has no output: its delta is that of the sum after it.
    const Taps last{{{m_layer->output.get(), values.widened, {}}}, {}};
    const WatchedTaps watched = gradients.watch(block, taps, x, input),
                      watchedLast = gradients.watch(block, last, x, input),
                      watchedClosing = gradients.watch(block, closing);
    const std::size_t tables = m_ofTables ? own.shared.size() : 0;
    const auto lastTable = static_cast<std::ptrdiff_t>(tables);
    std::vector<torch::Tensor> of{x};
    of.insert(of.end(), own.shared.begin(), own.shared.begin() + lastTable);
    of.insert(of.end(), watched.outputs.begin(), watched.outputs.end());

    PulledDeltas pulled;
    for (std::size_t q = 0; q < deltas.size(); ++q) {
        const auto direction = static_cast<std::int64_t>(q);
        const bool more = q + 1 < deltas.size();
        const torch::Tensor outputDelta = deltas[q].to(device);
        const torch::Tensor sumDelta = torch::autograd::grad({output}, {sum}, {outputDelta}, more)[0];
        const std::vector<torch::Tensor> found =
            torch::autograd::grad({values.widened, values.residual}, of,
                                  {torch::matmul(sumDelta, m_layer->output->weight), sumDelta}, more, false);
        pulled.below.push_back(m_scratch.keep(found[0]));
        pulled.shared.emplace_back(found.begin() + 1, found.begin() + 1 + lastTable);
        gradients.add(block, direction, watched, std::span(found).subspan(1 + tables));
        gradients.add(block, direction, watchedLast, std::span(&sumDelta, 1));
        gradients.add(block, direction, watchedClosing, std::span(&outputDelta, 1));
    }
    return pulled;
}

} // namespace finescope::engine
