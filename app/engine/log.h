#pragma once

#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace finescope::app {

/// Messages for people: one line each on stderr, headed by the program's name. Standard output is for machine
/// output only. May be used from any thread.
class Log {
public:
    explicit Log(const std::string& program);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void info(const std::string& message);
    void warn(const std::string& message);
    void error(const std::string& message);

private:
    std::unique_ptr<spdlog::logger> m_logger;
};

} // namespace finescope::app
