#include "core/engine/threads.h"

#include "core/engine/device.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include <dlfcn.h>

namespace finescope::engine {

int threadsWorthUsing(std::int64_t hiddenSize) {
    constexpr std::int64_t kTiny = 128;
    return hiddenSize <= kTiny ? 1 : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void setThreads(int threads) {
    at::set_num_threads(threads);
    // OpenBLAS keeps its own pool. It is LibTorch's choice on Debian only, so it is looked up, not linked.
    using SetThreads = void (*)(int);
    if (auto* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
        reinterpret_cast<SetThreads>(symbol)(threads);
    }
}

double matrixProductSpeed(torch::Device device) {
    const std::int64_t size = device.is_cpu() ? 384 : 4096;
    const double operations = 2.0 * std::pow(static_cast<double>(size), 3);
    const torch::NoGradGuard noGrad;
    const torch::Tensor a = torch::full({size, size}, 0.5F, device),
                        b = torch::full({size, size}, 0.25F, device);
    double best = 0;
    for (int i = 0; i < 4; ++i) {
        awaitDevice(device);
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(torch::mm(a, b));
        awaitDevice(device);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        best = std::max(best, operations / seconds.count() * 1e-9);
    }
    return best;
}

} // namespace finescope::engine
