#pragma once

#include "core/engine/train/train_run.h"

#include <chrono>
#include <string>

namespace finescope::engine {

/// Tells how far a stage is and how long it will still take. The hooks must outlive it.
class StageClock {
public:
    StageClock(const TrainHooks& hooks, std::string stage, std::int64_t totalSteps);

    void advance(std::int64_t step, double epoch);

private:
    const TrainHooks& m_hooks;
    TrainProgress m_progress;
    std::chrono::steady_clock::time_point m_begin;
};

} // namespace finescope::engine
