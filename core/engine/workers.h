#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>

namespace finescope::engine {

/// Calls body(worker, task) for every task 0 .. tasks-1 on `workers` threads, each with one thread of
/// LibTorch's own: with sample blocks of their own they run at twice the rate of shared matrix products
/// (performance.md, Threads). Task t goes to worker t % workers, so that sums kept by worker are the same
/// in every run. Set OpenBLAS to one thread before (setThreads). Returns when all have ended; throws the
/// first exception of a body, or Error{cancelled} if `stop` was requested between two tasks.
void forEachTask(std::int64_t tasks, int workers, const std::stop_token& stop,
                 const std::function<void(int worker, std::int64_t task)>& body);

} // namespace finescope::engine
