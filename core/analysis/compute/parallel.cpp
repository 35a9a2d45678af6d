#include "core/analysis/compute/parallel.h"

#include "core/error.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace finescope::analysis {

void forEachTask(std::size_t tasks, int workers,
                 const std::function<void(std::size_t worker, std::size_t task)>& work,
                 const LoopOptions& options) {
    const auto stride = static_cast<std::size_t>(std::max(1, workers));
    const std::size_t used = std::min(stride, tasks);
    const bool fixed = options.sharing == Sharing::fixed;
    std::exception_ptr failure;
    std::mutex failureMutex;
    std::atomic<bool> failed = false;
    std::atomic<std::size_t> next = 0;
    const auto run = [&](std::size_t worker) {
        try {
            if (options.atStart) {
                options.atStart();
            }
            for (std::size_t task = fixed ? worker : next++; task < tasks && !failed;
                 task = fixed ? task + stride : next++) {
                if (options.stop.stop_requested()) {
                    throw Error(ErrorKind::cancelled, "cancelled");
                }
                work(worker, task);
            }
        } catch (...) {
            const std::lock_guard guard(failureMutex);
            if (!failed.exchange(true)) {
                failure = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> helpers;
        try {
            while (helpers.size() + 1 < used) {
                helpers.emplace_back(run, helpers.size() + 1);
            }
        } catch (const std::system_error&) {
            // The system gives no more threads: the caller's does their work.
        }
        run(0);
        for (std::size_t worker = helpers.size() + 1; fixed && worker < used; ++worker) {
            run(worker);
        }
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

void inParallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work,
                const WorkHooks& hooks, const std::string& what) {
    const int wanted =
        threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    std::mutex progressMutex;
    std::size_t done = 0;
    forEachTask(count, wanted, [&](std::size_t, std::size_t item) {
        work(item);
        const std::scoped_lock lock(progressMutex);
        ++done;
        throwIfCancelled(hooks, what);
        if (hooks.onProgress) {
            hooks.onProgress(static_cast<double>(done) / static_cast<double>(count));
        }
    });
}

} // namespace finescope::analysis
