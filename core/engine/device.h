#pragma once

#include "core/engine/device_choice.h"

#include <torch/types.h>

#include <cstdint>

namespace finescope::engine {

/// CUDA where LibTorch finds it, unless the CPU is asked for. Its single-precision products are IEEE's, not
/// those of TF32, whatever the environment says. Throws Error{badInput} if CUDA is asked for and not there.
[[nodiscard]] torch::Device chooseDevice(DeviceChoice choice);

/// Returns when all that was given to the device so far is done; the CPU has nothing to wait for.
void awaitDevice(torch::Device device);

/// Bytes of a CUDA device's memory that nobody uses; 0 for the CPU, or where the driver does not tell.
[[nodiscard]] std::uint64_t freeDeviceMemory(torch::Device device);

} // namespace finescope::engine
