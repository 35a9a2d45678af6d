#include "core/engine/workers.h"

#include "core/error.h"

#include <torch/torch.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace finescope::engine {

void forEachTask(std::int64_t tasks, int workers, const std::stop_token& stop,
                 const std::function<void(int worker, std::int64_t task)>& body) {
    std::exception_ptr failure;
    std::mutex failureMutex;
    std::atomic<bool> failed = false;
    const auto work = [&](int worker) {
        at::set_num_threads(1);
        try {
            for (std::int64_t task = worker; task < tasks; task += workers) {
                if (failed) {
                    return;
                }
                if (stop.stop_requested()) {
                    throw Error(ErrorKind::cancelled, "cancelled");
                }
                body(worker, task);
            }
        } catch (...) {
            const std::lock_guard guard(failureMutex);
            if (!failed.exchange(true)) {
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int worker = 1; worker < workers && worker < tasks; ++worker) {
            threads.emplace_back(work, worker);
        }
        work(0);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

} // namespace finescope::engine
