#pragma once

#include "core/engine/ntk/head_kernel.h"
#include "core/engine/random_stream.h"
#include "core/matrix.h"

namespace finescope::engine {

/// The two-layer linear model f(x) = V B x + b, the smallest that has a feature extractor. Samples are rows
/// of X [n, d]. definitions.md, Linear model.
struct LinearModel {
    MatrixD extractor; ///< B [h, d]
    Head head;
};

/// B from N(0, 1/d), V from N(0, 1/h), b = 0: features and logits of a sample of length sqrt(d) are about 1.
[[nodiscard]] LinearModel randomLinearModel(Eigen::Index inputs, Eigen::Index width, Eigen::Index classes,
                                            RandomBits& bits);

/// phi [n, h] = X B^T.
[[nodiscard]] MatrixD linearFeatures(const LinearModel& model, const MatrixD& inputs);

/// P = x^T B^T B x' + 1 and F = <x, x'> V V^T. Of F every part counts as "query and value": B is the one
/// weight that LoRA adapts. definitions.md, Linear model.
[[nodiscard]] HeadKernel linearKernel(const LinearModel& model, const MatrixD& train, const MatrixD& test,
                                      const Labels& trainLabels);

/// phi(x) = B x + scale * B^L A x, at the start: B^L = 0; B is frozen. definitions.md, Proposition on LoRA.
struct LinearLora {
    MatrixD a;        ///< A [r, d]
    double scale = 1; ///< s = alpha / r
};

/// P as of the model; F = s^2 <A x, A x'> V V^T. definitions.md, Proposition on LoRA.
[[nodiscard]] HeadKernel linearLoraKernel(const LinearModel& model, const LinearLora& lora,
                                          const MatrixD& train, const MatrixD& test,
                                          const Labels& trainLabels);

/// One full-batch step of gradient descent of V, b and B with the summed cross-entropy.
void descend(LinearModel& model, const MatrixD& inputs, const Labels& labels, double rate);

} // namespace finescope::engine
