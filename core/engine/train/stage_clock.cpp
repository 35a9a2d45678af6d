#include "core/engine/train/stage_clock.h"

#include <utility>

namespace finescope::engine {

StageClock::StageClock(const TrainHooks& hooks, std::string stage, std::int64_t totalSteps)
    : m_hooks(hooks), m_begin(std::chrono::steady_clock::now()) {
    m_progress.stage = std::move(stage);
    m_progress.totalSteps = totalSteps;
    advance(0, 0);
}

void StageClock::advance(std::int64_t step, double epoch) {
    m_progress.step = step;
    m_progress.epoch = epoch;
    if (step > 0 && m_progress.totalSteps > 0) {
        const std::chrono::duration<double> past = std::chrono::steady_clock::now() - m_begin;
        m_progress.secondsLeft =
            past.count() / static_cast<double>(step) * static_cast<double>(m_progress.totalSteps - step);
    }
    if (m_hooks.onProgress) {
        m_hooks.onProgress(m_progress);
    }
}

} // namespace finescope::engine
