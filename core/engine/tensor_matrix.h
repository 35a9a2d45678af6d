#pragma once

#include "core/matrix.h"

#include <torch/torch.h>

namespace finescope::engine {

/// The values of a tensor [rows, columns] of any dtype on any device.
[[nodiscard]] MatrixD toMatrixD(const torch::Tensor& tensor);

/// A float64 copy on the CPU.
[[nodiscard]] torch::Tensor toTensor(const MatrixD& matrix);

} // namespace finescope::engine
