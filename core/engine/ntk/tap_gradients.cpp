#include "core/engine/ntk/tap_gradients.h"

#include <algorithm>

namespace finescope::engine {

namespace {

/// [n, T, .] each, along their tokens.
torch::Tensor joined(const std::vector<torch::Tensor>& tensors) {
    return tensors.size() == 1 ? tensors.front() : torch::cat(tensors, 1);
}

} // namespace

TapGradients::TapGradients(const Parts& parts, const torch::TensorOptions& options, const KernelRows& rows,
                           const std::vector<SampleBlock>& blocks, const std::set<ParameterGroup>& wanted,
                           ScratchSpace& scratch)
    : m_rows(rows), m_blocks(blocks), m_lora(wanted.contains(ParameterGroup::lora)), m_scratch(scratch) {
    std::int64_t ofBiases = 0, ofNorms = 0;
    for (const LinearPart& part : parts.linears) {
        Place place{std::nullopt, ofBiases};
        ofBiases += part.linear->bias.numel();
        const ParameterGroup group = m_lora ? ParameterGroup::lora : part.group;
        if (m_lora ? part.linear->lora.active() : wanted.contains(group)) {
            place.factors = linears.size();
            linears.push_back({group, std::vector<torch::Tensor>(blocks.size()),
                               std::vector<std::vector<torch::Tensor>>(blocks.size())});
        }
        m_linears.emplace(part.linear.get(), place);
    }
    for (const Norm& norm : parts.norms) {
        m_norms.emplace(norm.get(), ofNorms);
        ofNorms += norm->weight.numel() + norm->bias.numel();
    }
    if (wanted.contains(ParameterGroup::bias) && ofBiases > 0) {
        biases = torch::empty({rows.rows(), ofBiases}, options);
    }
    if (wanted.contains(ParameterGroup::layerNorm) && ofNorms > 0) {
        norms = torch::empty({rows.rows(), ofNorms}, options);
    }
}

WatchedTaps TapGradients::watch(std::size_t block, const Taps& taps, const torch::Tensor& input,
                                const torch::Tensor& kept) {
    WatchedTaps watched;
    if (norms.defined()) {
        for (const NormTap& tap : taps.norms) {
            watched.norms.emplace_back(tap.norm, tap.norm->normed(tap.input));
            watched.outputs.push_back(tap.output);
        }
    }
    std::vector<std::vector<torch::Tensor>> reads; // of each of watched.linears
    for (const LinearTap& tap : taps.linears) {
        const Place& place = m_linears.at(tap.linear);
        if (!place.factors && !(biases.defined() && tap.linear->bias.defined())) {
            continue;
        }
        const auto found = std::ranges::find(watched.linears, tap.linear, &WatchedLinear::linear);
        const auto at = static_cast<std::size_t>(found - watched.linears.begin());
        if (found == watched.linears.end()) {
            watched.linears.push_back({tap.linear, {}});
            reads.emplace_back();
        }
        watched.linears[at].outputs.push_back(watched.outputs.size());
        watched.outputs.push_back(tap.output);
        if (place.factors) {
            const torch::Tensor read = tap.input.detach();
            reads[at].push_back(m_lora ? tap.linear->lora.scale * torch::matmul(read, tap.linear->lora.a.t())
                                       : read);
        }
    }
    for (std::size_t i = 0; i < reads.size(); ++i) {
        if (!reads[i].empty()) {
            const torch::Tensor read = joined(reads[i]);
            linears[*m_linears.at(watched.linears[i].linear).factors].input[block] =
                input.defined() && read.is_alias_of(input) ? kept.narrow(1, 0, read.size(1))
                                                           : m_scratch.keep(read);
        }
    }
    return watched;
}

void TapGradients::add(std::size_t block, std::int64_t direction, const WatchedTaps& taps,
                       std::span<const torch::Tensor> deltas) {
    const SampleBlock& own = m_blocks[block];
    const auto place = [&](const torch::Tensor& gradients, std::int64_t column, const torch::Tensor& values) {
        gradients.narrow(0, m_rows.firstRow(own, direction), own.count)
            .narrow(1, column, values.size(1))
            .copy_(values);
    };
    std::size_t next = 0;
    for (const auto& [norm, normed] : taps.norms) {
        const torch::Tensor& delta = deltas[next++];
        const std::int64_t column = m_norms.at(norm);
        // Over the tokens, and over heads where each is normed.
        place(norms, column, (delta * normed).flatten(1, -2).sum(1));
        if (norm->bias.defined()) {
            place(norms, column + norm->weight.numel(), delta.flatten(1, -2).sum(1));
        }
    }
    for (const auto& [linear, outputs] : taps.linears) {
        std::vector<torch::Tensor> each;
        for (const std::size_t output : outputs) {
            each.push_back(deltas[output]);
        }
        const torch::Tensor delta = joined(each);
        const Place& at = m_linears.at(linear);
        if (biases.defined() && linear->bias.defined()) {
            place(biases, at.bias, delta.sum(1));
        }
        if (at.factors) {
            linears[*at.factors].delta[block].push_back(m_scratch.keep(delta));
        }
    }
}

} // namespace finescope::engine
