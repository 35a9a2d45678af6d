#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/ntk/kernel_rows.h"
#include "core/engine/tokenizer/tokenizer.h"
#include "core/matrix.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Kernels the slow and plain way: LibTorch's own gradient of every output by every parameter, one sample at
/// a time without padding, and one product.
namespace finescope::tests {

/// Layers, width and vocabulary small; every parameter random and of an effect.
[[nodiscard]] engine::Encoder randomEncoder(engine::Architecture architecture, std::int64_t width,
                                            std::uint64_t seed);

/// `count` samples of 2 to 9 tokens, many of them repeated, of both types where the architecture has two;
/// some hold the pad id as a token.
[[nodiscard]] std::vector<engine::Encoding> randomSamples(const engine::EncoderConfig& config,
                                                          std::int64_t count, std::uint64_t seed);

/// The group of one of EncoderImpl::named_parameters.
[[nodiscard]] engine::ParameterGroup groupOf(const std::string& name);

/// Gradients of directions[q][i] . phi(x_i) by the parameters of each group: [N R, parameters], row i R + q;
/// directions [R, N, h]. Rows of pad ids have none.
[[nodiscard]] std::map<engine::ParameterGroup, torch::Tensor>
gradientsByGroup(engine::Encoder encoder, const std::vector<engine::Encoding>& samples,
                 engine::Pooling pooling, const torch::Tensor& directions);

[[nodiscard]] MatrixD toMatrix(const torch::Tensor& tensor);
[[nodiscard]] torch::Tensor toTensor(const MatrixD& matrix);

/// Largest |a - b| over largest |b|; infinite where the shapes differ.
[[nodiscard]] double relativeDifference(const MatrixD& a, const MatrixD& b);

} // namespace finescope::tests
