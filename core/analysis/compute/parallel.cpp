#include "core/analysis/compute/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace finescope::analysis {

void forEachTask(std::size_t tasks, std::size_t threads, const std::function<void(std::size_t)>& work) {
    std::exception_ptr failure;
    std::mutex failureMutex;
    std::atomic<std::size_t> next = 0;
    const auto run = [&] {
        try {
            for (std::size_t task = next++; task < tasks; task = next++) {
                work(task);
            }
        } catch (...) {
            const std::lock_guard guard(failureMutex);
            failure = failure ? failure : std::current_exception();
            next = tasks;
        }
    };
    {
        std::vector<std::jthread> helpers;
        try {
            while (helpers.size() + 1 < threads && helpers.size() + 1 < tasks) {
                helpers.emplace_back(run);
            }
        } catch (const std::system_error&) {
            // No more threads to be had: those that there are do it all.
        }
        run();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
}

void inParallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work,
                const WorkHooks& hooks, const std::string& what) {
    const std::size_t wanted =
        threads > 0 ? static_cast<std::size_t>(threads) : std::max(1U, std::thread::hardware_concurrency());
    std::mutex progressMutex;
    std::size_t done = 0;
    forEachTask(count, wanted, [&](std::size_t item) {
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
