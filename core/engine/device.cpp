#include "core/engine/device.h"

#include "core/error.h"

#include <torch/torch.h>

namespace finescope::engine {

torch::Device chooseDevice(DeviceChoice choice) {
    const bool haveCuda = torch::cuda::is_available();
    if (choice == DeviceChoice::cuda && !haveCuda) {
        throw Error(ErrorKind::badInput,
                    "--device cuda: this LibTorch finds no CUDA device; use --device cpu");
    }
    return haveCuda && choice != DeviceChoice::cpu ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

} // namespace finescope::engine
