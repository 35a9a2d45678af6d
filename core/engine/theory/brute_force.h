#pragma once

#include "core/engine/ntk/head_kernel.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/theory/random_encoder.h"
#include "core/matrix.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the kernels are checked against: LibTorch's own gradients, the slow and plain way.
namespace finescope::engine {

/// The group of one of EncoderImpl::named_parameters.
[[nodiscard]] ParameterGroup groupOf(const std::string& name);

/// Gradients of directions[q][i] . phi(x_i) by the parameters of each group: [N R, parameters], row i R + q;
/// directions [R, N, h]. One sample at a time, without padding. Rows of pad ids have none.
[[nodiscard]] std::map<ParameterGroup, torch::Tensor> gradientsByGroup(Encoder encoder,
                                                                       const std::vector<Encoding>& samples,
                                                                       Pooling pooling,
                                                                       const torch::Tensor& directions);

/// Gradients of the logits by V and b: [N C, C h + C], row i C + c; features [N, h].
[[nodiscard]] MatrixD headGradients(const MatrixD& features, const Head& head);

/// A feature extractor with train and test samples, as LibTorch differentiates it.
struct DifferentiableBody {
    std::vector<torch::Tensor> parameters;
    std::function<torch::Tensor(bool ofTest)> features; ///< [n, h] of the train or the test samples
    /// Takes away what of the gradients (parameters' first, in order) does not count; not empty.
    std::function<void(std::vector<torch::Tensor>&)> mend;
};

/// The encoder is put into eval() mode and shared; without test samples the body must not be asked for them.
[[nodiscard]] DifferentiableBody encoderBody(Encoder encoder, const std::vector<Encoding>& train,
                                             const std::vector<Encoding>& test, Pooling pooling);

/// What one step changes, divided by its rate.
struct StepChange {
    MatrixD features; ///< of the test samples, [m, h]
    MatrixD logits;   ///< [m, C]
};

/// One full-batch step of gradient descent of V, b and the body with the summed cross-entropy of `labels`,
/// or, where residuals [n, C] are given, with those held fixed. The parameters are put back afterwards.
[[nodiscard]] StepChange stepChange(const DifferentiableBody& body, const Head& head, const Labels& labels,
                                    const std::optional<MatrixD>& residuals, double rate);

/// Largest |a - b| over largest |b|; infinite where the shapes differ.
[[nodiscard]] double relativeDifference(const MatrixD& a, const MatrixD& b);

} // namespace finescope::engine
