#include "core/analysis/parallel.h"

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

} // namespace finescope::analysis
