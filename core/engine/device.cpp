#include "core/engine/device.h"

#include "core/error.h"

#include <torch/torch.h>

#include <dlfcn.h>

namespace finescope::engine {

torch::Device chooseDevice(DeviceChoice choice) {
    const bool haveCuda = torch::cuda::is_available();
    if (choice == DeviceChoice::cuda && !haveCuda) {
        throw Error(ErrorKind::badInput,
                    "--device cuda: this LibTorch finds no CUDA device; use --device cpu");
    }
    if (!haveCuda || choice == DeviceChoice::cpu) {
        return torch::kCPU;
    }
    at::globalContext().setAllowTF32CuBLAS(false);
    return torch::kCUDA;
}

void awaitDevice(torch::Device device) {
    if (!device.is_cpu()) {
        torch::cuda::synchronize(device.index());
    }
}

std::uint64_t freeDeviceMemory(torch::Device device) {
    // Of CUDA's runtime, which a LibTorch without CUDA has not: looked up, not linked.
    using MemoryInfo = int (*)(std::size_t * free, std::size_t * total);
    auto* const memoryInfo = reinterpret_cast<MemoryInfo>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
    std::size_t free = 0, total = 0;
    if (device.is_cpu() || memoryInfo == nullptr || memoryInfo(&free, &total) != 0) {
        return 0;
    }
    return free;
}

} // namespace finescope::engine
