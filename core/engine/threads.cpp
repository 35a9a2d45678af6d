#include "core/engine/threads.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
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

double matrixProductSpeed() {
    constexpr std::int64_t kSize = 384;
    constexpr double kOperations = 2.0 * kSize * kSize * kSize;
    const torch::NoGradGuard noGrad;
    const torch::Tensor a = torch::full({kSize, kSize}, 0.5F), b = torch::full({kSize, kSize}, 0.25F);
    double best = 0;
    for (int i = 0; i < 4; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(torch::mm(a, b));
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        best = std::max(best, kOperations / seconds.count() * 1e-9);
    }
    return best;
}

} // namespace finescope::engine
