#pragma once

#include "core/engine/model/architecture/layer_context.h"
#include "core/engine/model/architecture/parts.h"
#include "core/engine/model/config.h"
#include "core/engine/model/dropout.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>

namespace finescope::engine {

/// A layer's values before its last linear layer. [B, T, .] each; [B, 1, .] of the pooled token alone.
struct Widened {
    torch::Tensor residual; ///< what is added to the output of the last linear layer
    torch::Tensor widened;  ///< what that layer reads
};

/// One layer of an encoder. It ends in a linear layer whose output is added to a residual, and in a norm
/// where the family has one there. Each kind of layer computes `widen` and registers its Projections and
/// Norms as modules: training, adapters, files and the kernel find them by that.
class Layer : public torch::nn::Module {
public:
    /// hidden [B, T, h] to the next layer's hidden [B, T, h], or [B, 1, h] of the pooled token:
    /// close(outputSum(widen())). `context` as EncoderImpl::context makes it.
    torch::Tensor forward(const torch::Tensor& hidden, const LayerContext& context,
                          OutputTokens tokens = OutputTokens::all, Dropout* dropout = nullptr);
    /// The forward pass up to the last linear layer. `taps` receives what passed through the parts.
    virtual Widened widen(const torch::Tensor& hidden, const LayerContext& context, OutputTokens tokens,
                          Dropout* dropout = nullptr, Taps* taps = nullptr) = 0;
    /// What the closing norm reads, [B, T, h] or [B, 1, h].
    torch::Tensor outputSum(const Widened& values, Dropout* dropout = nullptr);
    /// The closing norm, if there is one.
    torch::Tensor close(const torch::Tensor& sum, Taps* taps = nullptr);

    /// All linear layers and norms, as they were registered. Weights of query and value are a group apart.
    [[nodiscard]] Parts parts() const;
    /// The width of all heads together, with which the cost of attention grows.
    [[nodiscard]] std::int64_t attentionWidth() const { return query->weight.size(0); }

    Projection query{nullptr}, value{nullptr}; ///< which LoRA adapts
    Projection output{nullptr};                ///< the last linear layer
    Norm outputNorm{nullptr};                  ///< empty where the family closes without one

protected:
    /// `dropout` is the rate for the last linear layer's output.
    explicit Layer(double dropout) : m_dropout(dropout) {}

    double m_dropout;
};

/// Layer `index` of such an encoder, of its family's kind; weights zero, norms 1 and 0.
[[nodiscard]] std::shared_ptr<Layer> makeLayer(const EncoderConfig& config, std::int64_t index);

} // namespace finescope::engine
