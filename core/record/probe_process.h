#pragma once

#include "core/record/pinned_file.h"

#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

namespace finescope::record {

/// One child process of FileProbe (answerProbes). It is started at the first file, serves all that follow,
/// and is started again after a file that it did not survive. One thread at a time, but for `cancel`.
class ProbeProcess {
public:
    explicit ProbeProcess(std::vector<std::string> command);
    ~ProbeProcess();
    ProbeProcess(const ProbeProcess&) = delete;
    ProbeProcess& operator=(const ProbeProcess&) = delete;

    /// As FileProbe::require.
    void require(const PinnedFile& file);
    /// From any thread: ends the look that is under way and every later one; they throw Error{cancelled}.
    void cancel() noexcept;
    /// Ends the child; returns the status with which it ended, 0 where there was none.
    int stop() noexcept;

private:
    void start();
    [[nodiscard]] std::string ask(const PinnedFile& file);
    void requireNotCancelled();
    void send(const std::string& bytes);
    [[nodiscard]] std::string answerWithin(int seconds);

    std::vector<std::string> m_command;
    pid_t m_child = -1;
    std::mutex m_mutex; ///< for what `cancel` needs
    int m_socket = -1;
    bool m_cancelled = false;
};

} // namespace finescope::record
