#include "core/record/probe_process.h"

#include "core/error.h"
#include "core/record/address_sanitizer.h"
#include "core/record/probe_answers.h"
#include "core/text/shown.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace finescope::record {

namespace {

// The child ends itself when a file takes too long; a little later it is ended.
constexpr int kGraceSeconds = 5;

[[noreturn]] void failToStart(const std::string& program, int error) {
    throw Error(ErrorKind::internal, program +
                                         ": cannot be started to check run files before they are read: " +
                                         std::generic_category().message(error));
}

// The child's memory is checked where the C library can: what overruns a block of memory then ends it, rather
// than doing so in the process that reads the file next.
std::vector<std::string> childEnvironment() {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        variables.emplace_back(*variable);
    }
    if (kAddressSanitizer) { // which must come first itself, and checks more
        return variables;
    }
    // HDF5 clears half a mebibyte twice for each file that it opens: it shall not be new memory each time.
    variables.emplace_back("GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.mmap_threshold=1048576:"
                           "glibc.malloc.trim_threshold=16777216");
    const auto preload = std::ranges::find_if(
        variables, [](const std::string& variable) { return variable.starts_with("LD_PRELOAD="); });
    constexpr const char* kChecks = "libc_malloc_debug.so.0";
    if (preload == variables.end()) {
        variables.push_back(std::string("LD_PRELOAD=") + kChecks);
    } else {
        *preload += std::string(":") + kChecks;
    }
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    std::ranges::transform(texts, std::back_inserter(all), [](std::string& text) { return text.data(); });
    all.push_back(nullptr);
    return all;
}

// Standard input and output of the child are one end of a socket, its errors are nobody's, and of all other
// descriptors of this process it gets none.
pid_t spawn(std::vector<std::string> command, int socket) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    auto environment = childEnvironment();
    pid_t child = -1;
    const int error = posix_spawn(&child, command.front().c_str(), &actions, &attributes,
                                  pointers(command).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        failToStart(command.front(), error);
    }
    return child;
}

std::string howItEnded(int signal) {
    if (signal == SIGALRM) {
        return "takes too long to read";
    }
    if (signal == SIGKILL) { // ours, or of a system without memory
        return "takes too much time or memory to read";
    }
    return std::string("cannot be read: reading it crashes (") + strsignal(signal) + ")";
}

// "ok DEVICE INODE"
bool isOf(std::string_view answer, const FileStamp& stamp) {
    std::array<std::uint64_t, 2> numbers{};
    const char* at = answer.data() + std::strlen("ok");
    const char* const end = answer.data() + answer.size();
    for (auto& number : numbers) {
        if (at == end || *at != ' ') {
            return false;
        }
        const auto [next, error] = std::from_chars(at + 1, end, number);
        if (error != std::errc()) {
            return false;
        }
        at = next;
    }
    return at == end && numbers[0] == stamp.device && numbers[1] == stamp.inode;
}

} // namespace

ProbeProcess::ProbeProcess(std::vector<std::string> command) : m_command(std::move(command)) {}

ProbeProcess::~ProbeProcess() {
    stop();
}

void ProbeProcess::start() {
    if (m_child > 0) {
        return;
    }
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        failToStart(m_command.front(), errno);
    }
    {
        const std::lock_guard lock(m_mutex);
        m_socket = ends[0];
    }
    try {
        m_child = spawn(m_command, ends[1]);
    } catch (const Error&) {
        close(ends[1]);
        stop();
        throw;
    }
    close(ends[1]);
}

int ProbeProcess::stop() noexcept {
    {
        const std::lock_guard lock(m_mutex);
        if (m_socket >= 0) {
            close(std::exchange(m_socket, -1));
        }
    }
    int status = 0;
    if (m_child > 0) {
        kill(m_child, SIGKILL); // nothing where it is gone already
        while (waitpid(m_child, &status, 0) < 0 && errno == EINTR) {
        }
        m_child = -1;
    }
    return status;
}

void ProbeProcess::cancel() noexcept {
    const std::lock_guard lock(m_mutex);
    m_cancelled = true;
    if (m_socket >= 0) {
        shutdown(m_socket, SHUT_RDWR); // wakes whoever waits for the answer
    }
}

void ProbeProcess::requireNotCancelled() {
    const std::lock_guard lock(m_mutex);
    if (m_cancelled) {
        throw Error(ErrorKind::cancelled, "cancelled while a file was being checked");
    }
}

void ProbeProcess::send(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const auto sent = ::send(m_socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return; // it is gone: no answer will come, which says the same
        }
        done += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
}

// One line without its end; "" when none came.
std::string ProbeProcess::answerWithin(int seconds) {
    std::string line;
    while (line.size() <= kLongestAnswer) {
        pollfd ready{m_socket, POLLIN, 0};
        const int count = poll(&ready, 1, seconds * 1000);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        std::array<char, 512> part{};
        const auto got = count > 0 ? recv(m_socket, part.data(), part.size(), 0) : 0;
        if (got <= 0) {
            return {};
        }
        line.append(part.data(), static_cast<std::size_t>(got));
        if (line.ends_with('\n')) {
            line.pop_back();
            return line;
        }
    }
    return {};
}

std::string ProbeProcess::ask(const PinnedFile& file) {
    requireNotCancelled();
    start();
    const auto bytes = static_cast<std::uint64_t>(file.stamp().size);
    send(file.name().string() + '\0');
    return answerWithin(static_cast<int>(probeSeconds(bytes)) + kGraceSeconds);
}

void ProbeProcess::require(const PinnedFile& file) {
    const auto answer = ask(file);
    if (answer.empty()) {
        const int status = stop();
        requireNotCancelled();
        if (!WIFSIGNALED(status)) { // no file can do that: it did not get as far as reading
            throw Error(ErrorKind::internal, m_command.front() + ": ended with status " +
                                                 std::to_string(WEXITSTATUS(status)) + " before checking " +
                                                 file.name().string());
        }
        throw Error(ErrorKind::badFile, file.name().string() + ": " + howItEnded(WTERMSIG(status)) +
                                            ": it is damaged or malicious, and is left out");
    }
    if (answer.starts_with("bad ")) {
        throw Error(ErrorKind::badFile, text::oneLine(std::string_view(answer).substr(std::strlen("bad "))));
    }
    if (!answer.starts_with("ok ") || !isOf(answer, file.stamp())) {
        stop(); // what it says next would be of this file
        throw Error(ErrorKind::badFile,
                    file.name().string() + ": was replaced while it was being checked; try again");
    }
}

} // namespace finescope::record
