#pragma once

#include "core/analysis/compute/work_hooks.h"

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

namespace finescope::analysis {

/// Who does a task.
enum class Sharing {
    whoIsFree, ///< the next task goes to whoever is free: quickest where tasks differ
    fixed      ///< task t goes to worker t % workers, so that sums kept by worker are the same in every run
};

struct LoopOptions {
    Sharing sharing = Sharing::whoIsFree;
    std::stop_token stop{};             ///< asked before every task
    std::function<void()> atStart = {}; ///< called on every thread, the caller's among them, before its tasks
};

/// Calls work(worker, task) for every task 0 .. tasks - 1, each once, on up to `workers` threads, the
/// caller's (worker 0) among them; no two threads share a worker. If the system gives no more threads, those
/// that there are do it all. Returns when all have ended; throws the first exception of a task, or
/// Error{cancelled} if `stop` was requested between two tasks. Starting a thread costs about 0.03 ms: not for
/// less work than that.
void forEachTask(std::size_t tasks, int workers,
                 const std::function<void(std::size_t worker, std::size_t task)>& work,
                 const LoopOptions& options = {});

/// Long work of this kind: calls work(0) .. work(count - 1) on up to `threads` threads (0: as many as the
/// machine has), each on whichever is free, and reports progress after each. Cancelling ends it with an
/// Error{cancelled} that names `what`. Results that are summed must be summed by index, so that they do not
/// depend on the number of threads.
void inParallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work,
                const WorkHooks& hooks = {}, const std::string& what = {});

} // namespace finescope::analysis
