#pragma once

#include "core/engine/model/config.h"
#include "core/engine/model/parameter_group.h"

#include <torch/torch.h>

#include <cstdint>
#include <vector>

/// What layers are made of, and what passes through it.
namespace finescope::engine {

struct Taps;

/// A low-rank update of a linear layer's weight: y = W x + b + scale * B (A x). A [r, in], B [out, r].
/// definitions.md, LoRA.
struct LoraUpdate {
    torch::Tensor a, b;
    double scale = 1;
    [[nodiscard]] bool active() const { return a.defined(); }
};

/// A linear layer. Its weights are zero at first.
class ProjectionImpl : public torch::nn::Module {
public:
    ProjectionImpl(std::int64_t in, std::int64_t out, bool biased = true);
    /// x [..., in] to [..., out]; `taps` receives both.
    torch::Tensor forward(const torch::Tensor& x, Taps* taps = nullptr);
    /// W + scale * B A [out, in] where an update is active, else the weight itself.
    [[nodiscard]] torch::Tensor effectiveWeight() const;
    /// Makes an update a parameter. A [r, in], B [out, r].
    void adapt(const torch::Tensor& a, const torch::Tensor& b, double scale);

    torch::Tensor weight; ///< [out, in]
    torch::Tensor bias;   ///< [out]; undefined where there is none
    LoraUpdate lora;
};
TORCH_MODULE(Projection);

/// A norm over the last axis. Weight and bias are 1 and 0 at first.
class NormImpl : public torch::nn::Module {
public:
    NormImpl(std::int64_t width, double epsilon, NormKind kind = NormKind::layer);
    /// `taps` receives x and what comes out.
    torch::Tensor forward(const torch::Tensor& x, Taps* taps = nullptr);
    /// x normed, before weight and bias; without a graph.
    [[nodiscard]] torch::Tensor normed(const torch::Tensor& x) const;

    torch::Tensor weight; ///< [width]
    torch::Tensor bias;   ///< [width]; undefined where the kind has none

private:
    double m_epsilon;
    NormKind m_kind;
};
TORCH_MODULE(Norm);

/// What a linear layer read and put out, [B, T, .] each.
struct LinearTap {
    const ProjectionImpl* linear;
    torch::Tensor input, output;
};
/// What a norm read and put out, [B, ..., width] each.
struct NormTap {
    const NormImpl* norm;
    torch::Tensor input, output;
};

/// What passed through each linear layer and norm in a forward pass, for whoever wants the gradients of their
/// parameters: those of a linear layer are the output's deltas times what it read.
struct Taps {
    std::vector<LinearTap> linears;
    std::vector<NormTap> norms;
};

/// A linear layer and the group that its weight belongs to.
struct LinearPart {
    Projection linear;
    ParameterGroup group;
};

/// All linear layers and norms of a layer, or of what stands before the first.
struct Parts {
    std::vector<LinearPart> linears;
    std::vector<Norm> norms;
};

} // namespace finescope::engine
