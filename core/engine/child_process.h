#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/types.h>

namespace finescope::engine {

/// This program, started once more with other arguments, in a process group of its own: Ctrl+C in a terminal
/// reaches it through its parent alone. If the parent dies, it gets SIGTERM.
class ChildProcess {
public:
    /// `output`: the descriptor that takes what it prints to stdout and stderr, and which it holds open as
    /// long as it lives; absent: it shares those of this process. Wait for it in the thread that started it,
    /// or end it there. Throws Error{internal} if it cannot be started.
    explicit ChildProcess(const std::vector<std::string>& arguments,
                          std::optional<int> output = std::nullopt);
    ~ChildProcess(); ///< asks a child that still runs to stop, and waits for it
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;

    /// Waits for its end; a stop request is passed on as SIGTERM. Returns the exit status, 128 + N after
    /// signal N.
    int wait(const std::stop_token& stop);

private:
    pid_t m_pid = -1;
};

} // namespace finescope::engine
