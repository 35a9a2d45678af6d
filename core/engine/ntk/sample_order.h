#pragma once

#include "core/engine/ntk/layer_sweep.h"

#include <torch/types.h>

namespace finescope::engine {

/// A sum of the sweep, [rows, trainRows] on the CPU, as the kernel of the samples in the order in which they
/// were given. Throws Error{numeric} if an entry is not finite.
[[nodiscard]] SweepKernel inOrder(const torch::Tensor& sum, const SweepSamples& samples,
                                  const KernelRows& rows);

} // namespace finescope::engine
