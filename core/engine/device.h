#pragma once

#include "core/engine/train/plan.h"

#include <torch/types.h>

namespace finescope::engine {

/// CUDA where LibTorch finds it, unless the CPU is asked for. Throws Error{badInput} if CUDA is asked for and
/// not there.
[[nodiscard]] torch::Device chooseDevice(DeviceChoice choice);

} // namespace finescope::engine
