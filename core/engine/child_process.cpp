#include "core/engine/child_process.h"

#include "core/error.h"

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace finescope::engine {

namespace {

constexpr int kCannotExecute = 127;

/// What a child does before it becomes the program: system calls only, as other threads may hold any lock.
[[noreturn]] void become(const char* program, char* const* argv, std::optional<int> output, pid_t parent,
                         const sigset_t& mask) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(kCannotExecute); // it died before that
    }
    if (output) {
        const int nothing = open("/dev/null", O_RDONLY);
        if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(*output, STDOUT_FILENO) < 0 ||
            dup2(*output, STDERR_FILENO) < 0) {
            _exit(kCannotExecute);
        }
    }
    // Until execv these would still be the parent's handlers.
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &mask, nullptr);
    execv(program, argv);
    _exit(kCannotExecute);
}

} // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, std::optional<int> output) {
    std::vector<std::string> owned = {"finescope-engine"};
    owned.insert(owned.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& argument : owned) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);

    sigset_t all;
    sigset_t mask;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    const pid_t parent = getpid();
    // Not fork: OpenBLAS would stop its threads for it.
    const pid_t pid = _Fork();
    if (pid == 0) {
        become("/proc/self/exe", argv.data(), output, parent, mask);
    }
    const int failure = errno;
    pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    if (pid < 0) {
        throw Error(ErrorKind::internal,
                    "cannot start finescope-engine again: " + std::generic_category().message(failure));
    }
    m_pid = pid;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : m_pid(std::exchange(other.m_pid, -1)) {}

ChildProcess::~ChildProcess() {
    if (m_pid > 0) {
        kill(m_pid, SIGTERM);
        wait({});
    }
}

int ChildProcess::wait(const std::stop_token& stop) {
    {
        // The number stays the child's until it is collected below, after nobody can use it any more.
        const std::stop_callback passOn(stop, [pid = m_pid] { kill(pid, SIGTERM); });
        siginfo_t ended;
        while (waitid(P_PID, static_cast<id_t>(m_pid), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
        }
    }
    int status = 0;
    while (waitpid(m_pid, &status, 0) < 0 && errno == EINTR) {
    }
    m_pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace finescope::engine
