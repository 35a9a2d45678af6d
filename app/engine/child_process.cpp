#include "app/engine/child_process.h"

#include "core/error.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <utility>

extern char** environ;

namespace finescope::app {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
    std::vector<std::string> owned = {"finescope-engine"};
    owned.insert(owned.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : owned) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);

    const int failure = posix_spawn(&m_pid, "/proc/self/exe", nullptr, nullptr, argv.data(), environ);
    if (failure != 0) {
        m_pid = -1;
        throw Error(ErrorKind::internal,
                    std::string("cannot start finescope-engine again: ") + std::strerror(failure));
    }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : m_pid(std::exchange(other.m_pid, -1)) {}

ChildProcess::~ChildProcess() {
    if (m_pid > 0) {
        kill(m_pid, SIGTERM);
        wait({});
    }
}

int ChildProcess::wait(const std::stop_token& stop) {
    const std::stop_callback passOn(stop, [pid = m_pid] { kill(pid, SIGTERM); });
    int status = 0;
    while (waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace finescope::app
