#pragma once

#include "core/record/pinned_file.h"
#include "core/record/probe_process.h"
#include "core/record/run.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace finescope::record {

class ProbeAhead;

/// Lets child processes read files first, because HDF5 crashes on some files that are damaged or made to do
/// harm. What ends a child is refused, and the others are looked at by another. One thread at a time, but for
/// `cancel`.
class FileProbe {
public:
    /// A program and its arguments that start a process which calls answerProbes on its standard input and
    /// output.
    explicit FileProbe(std::vector<std::string> command);
    ~FileProbe();
    FileProbe(const FileProbe&) = delete;
    FileProbe& operator=(const FileProbe&) = delete;

    /// These files will be asked for soon, in about this order: where they are many, several children begin
    /// to look at them now, one for each 16 files, as many as there are cores and at most 8. A child ends
    /// when no file is left. What was announced before is no longer looked at.
    void lookAhead(const std::vector<std::filesystem::path>& files);
    /// Returns when a child has read all of `file` that may ever be read, as the file is now. Throws
    /// Error{badFile} if it is no run file, or if it crashed the child or took more memory or time than a
    /// file of its size may.
    void require(const PinnedFile& file);
    /// From any thread: ends the looks that are under way and every later one; they throw Error{cancelled}.
    void cancel() noexcept;
    /// The run in a file that passed. Throws as `require` and record::readRun do.
    [[nodiscard]] Run readRun(const std::filesystem::path& file);

private:
    std::vector<std::string> m_command;
    ProbeProcess m_process;
    std::mutex m_mutex; ///< for what `cancel` needs
    std::unique_ptr<ProbeAhead> m_ahead;
    bool m_cancelled = false;
};

} // namespace finescope::record
