#pragma once

#include "core/engine/device.h"

#include <torch/types.h>

#include <algorithm>
#include <functional>
#include <mutex>

namespace finescope::engine {

/// Counts the operations that are done and tells their share of the whole, from one thread at a time.
class SweepProgress {
public:
    SweepProgress(const std::function<void(double)>& tell, double whole, torch::Device device)
        : m_tell(tell), m_whole(whole), m_device(device) {}
    void add(double operations) {
        awaitDevice(m_device); // told is what is done, not what was asked for
        const std::lock_guard guard(m_mutex);
        m_done += operations;
        if (m_tell) {
            m_tell(std::min(1.0, m_done / m_whole));
        }
    }

private:
    const std::function<void(double)>& m_tell;
    double m_whole;
    torch::Device m_device;
    std::mutex m_mutex; ///< guards m_done and calls of m_tell
    double m_done = 0;
};

} // namespace finescope::engine
