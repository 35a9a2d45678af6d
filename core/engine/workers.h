#pragma once

#include "core/analysis/compute/parallel.h"

#include <stop_token>

namespace finescope::engine {

/// How the engine shares its work out: task t goes to worker t % workers, so that sums kept by worker are the
/// same in every run, and each worker has one thread of LibTorch's own: with sample blocks of their own they
/// run at twice the rate of shared matrix products (performance.md, Threads). Set OpenBLAS to one thread
/// before (setThreads).
[[nodiscard]] analysis::LoopOptions torchWorkers(const std::stop_token& stop = {});

} // namespace finescope::engine
