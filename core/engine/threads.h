#pragma once

#include <torch/types.h>

#include <cstdint>

namespace finescope::engine {

/// How many threads a training step of an encoder of this width repays: one for a tiny encoder (two made it
/// half as fast), else one for each core of the machine.
[[nodiscard]] int threadsWorthUsing(std::int64_t hiddenSize);

/// Sets the threads of LibTorch and of OpenBLAS, if that is its matrix library. Before any computation.
void setThreads(int threads);

/// Speed of single-precision matrix products on the device, on a processor with the threads that are set, in
/// GFLOP/s: the best of a few tries, some milliseconds in all.
[[nodiscard]] double matrixProductSpeed(torch::Device device);

} // namespace finescope::engine
