#pragma once

#include "core/analysis/compute/work_hooks.h"

#include <chrono>
#include <string>

namespace finescope::window {

/// How far long work is, as one line of standard error that is gone when the work has ended. Says nothing for
/// the first second, nor where standard error is no terminal.
class TerminalProgress {
public:
    /// `what` as in "features: 40 %, 12 s left".
    explicit TerminalProgress(std::string what);
    ~TerminalProgress();
    TerminalProgress(const TerminalProgress&) = delete;
    TerminalProgress& operator=(const TerminalProgress&) = delete;

    /// Hooks that end with this object.
    [[nodiscard]] analysis::WorkHooks hooks();

private:
    using Clock = std::chrono::steady_clock;
    void show(double fraction);

    std::string m_what;
    bool m_terminal;
    Clock::time_point m_started = Clock::now(), m_next = m_started + std::chrono::seconds(1);
    bool m_written = false;
};

} // namespace finescope::window
