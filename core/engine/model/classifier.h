#pragma once

#include "core/engine/model/dropout.h"

#include <torch/torch.h>

#include <cstdint>

namespace finescope::engine {

/// The head: dropout (where there is a Dropout) and one linear layer, z = V phi + b. definitions.md, Methods.
class ClassifierImpl : public torch::nn::Module {
public:
    /// V [classes, width] from N(0, 0.02), b zero; the same seed gives the same V. Throws Error{badInput} for
    /// fewer than two classes or a dropout outside [0, 1).
    ClassifierImpl(std::int64_t width, std::int64_t classes, double dropout, std::uint64_t seed);
    /// features [B, width] to logits [B, classes].
    torch::Tensor forward(const torch::Tensor& features, Dropout* dropout = nullptr);

    torch::nn::Linear linear{nullptr};

private:
    double m_dropout;
};
TORCH_MODULE(Classifier);

} // namespace finescope::engine
