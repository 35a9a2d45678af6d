#pragma once

#include <stop_token>
#include <thread>

namespace finescope::app {

/// Turns SIGINT and SIGTERM into a stop request; SIGINT after either ends the process at once. Ignores
/// SIGPIPE, so that a run outlives whoever read its output, and SIGXFSZ, so that a file-size limit is an
/// error that can be reported. Construct it before any thread is started: threads inherit the blocked
/// signals.
class SignalListener {
public:
    SignalListener();
    ~SignalListener();
    SignalListener(const SignalListener&) = delete;
    SignalListener& operator=(const SignalListener&) = delete;

    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    int m_readEnd = -1;
    std::thread m_thread;
};

} // namespace finescope::app
