#pragma once

#include "core/record/pinned_file.h"
#include "core/record/run.h"

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

namespace finescope::record {

/// Lets a child process read files first, because HDF5 crashes on some files that are damaged or made to do
/// harm. The child (answerProbes) is started at the first file, serves all that follow, and is started again
/// after a file that it did not survive. One thread at a time, but for `cancel`.
class FileProbe {
public:
    /// A program and its arguments that start a process which calls answerProbes on its standard input and
    /// output.
    explicit FileProbe(std::vector<std::string> command);
    ~FileProbe();
    FileProbe(const FileProbe&) = delete;
    FileProbe& operator=(const FileProbe&) = delete;

    /// Starts the child now, so that it is there when the first file comes. Throws Error{internal}.
    void start();
    /// Returns when the child has read all of `file` that may ever be read. Throws Error{badFile} if it is no
    /// run file, or if it crashed the child or took more memory or time than a file of its size may.
    void require(const PinnedFile& file);
    /// From any thread: ends the look that is under way and every later one; they throw Error{cancelled}.
    void cancel() noexcept;
    /// The run in a file that passed. Throws as `require` and record::readRun do.
    [[nodiscard]] Run readRun(const std::filesystem::path& file);

private:
    [[nodiscard]] std::string ask(const PinnedFile& file);
    void requireNotCancelled();
    void send(const std::string& bytes);
    [[nodiscard]] std::string answerWithin(int seconds);
    int stop() noexcept;

    std::vector<std::string> m_command;
    pid_t m_child = -1;
    std::mutex m_mutex; ///< for what `cancel` needs
    int m_socket = -1;
    bool m_cancelled = false;
};

} // namespace finescope::record
