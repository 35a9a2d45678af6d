#pragma once

#include "core/analysis/compute/work_hooks.h"

#include <cstddef>
#include <functional>
#include <string>

namespace finescope::analysis {

/// Calls work(0) .. work(tasks - 1), each once, on up to `threads` threads, the caller's among them; tasks go
/// to whoever is free. Returns when all have ended; throws the first exception of a task. Starting a thread
/// costs about 0.03 ms: not for less work than that.
void forEachTask(std::size_t tasks, std::size_t threads, const std::function<void(std::size_t)>& work);

/// Long work of this kind: calls work(0) .. work(count - 1) as forEachTask() does, on up to `threads` threads
/// (0: as many as the machine has), and reports progress after each. Cancelling ends it with an
/// Error{cancelled} that names `what`. Results that are summed must be summed by index, so that they do not
/// depend on the number of threads.
void inParallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work,
                const WorkHooks& hooks = {}, const std::string& what = {});

} // namespace finescope::analysis
