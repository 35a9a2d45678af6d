#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <sys/types.h>

namespace finescope::app {

/// This program, started once more with other arguments; it shares stdin, stdout and stderr.
class ChildProcess {
public:
    /// Throws Error{internal} if it cannot be started.
    explicit ChildProcess(const std::vector<std::string>& arguments);
    ~ChildProcess(); ///< asks a child that still runs to stop, and waits for it
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;

    /// Waits for its end; a stop request is passed on as SIGTERM. Returns the exit status, 128 + N after
    /// signal N.
    int wait(const std::stop_token& stop);

private:
    pid_t m_pid = -1;
};

} // namespace finescope::app
