#pragma once

#include "core/engine/study/study_cells.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace finescope::engine {

/// What the files of a cell say of it.
enum class CellState {
    missing,       ///< never begun
    unfinished,    ///< cancelled, killed or still running, or made with other settings than those wanted now
    failed,        ///< its run file says so: it would fail again
    withoutKernel, ///< complete but for the kernel that it is to get
    complete,
};

/// "missing", "unfinished", "failed", "without kernel" or "complete".
[[nodiscard]] const char* cellStateName(CellState state);

/// A lock that ends with the processes that hold it: flock on an open file. Where the file system has none,
/// it is always granted.
class FileLock {
public:
    /// Opens or creates the file; throws Error{internal} if that fails.
    explicit FileLock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

    [[nodiscard]] bool tryLock();
    /// Waits for it; false if stopped.
    [[nodiscard]] bool lock(const std::stop_token& stop);
    /// A process that inherits it holds the lock too.
    [[nodiscard]] int descriptor() const { return m_descriptor; }

private:
    std::filesystem::path m_file;
    int m_descriptor = -1;
};

/// The output folder of a study: which file is where.
class StudyFolder {
public:
    /// `path` becomes absolute.
    explicit StudyFolder(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::filesystem::path studyFile() const { return m_path / "study.json"; }
    [[nodiscard]] std::filesystem::path choiceFile() const { return m_path / "choice.json"; }
    [[nodiscard]] std::filesystem::path lockFile() const { return m_path / ".lock"; }
    [[nodiscard]] std::filesystem::path runFile(const StudyCell& cell) const;
    /// What its processes say. It is also the cell's lock.
    [[nodiscard]] std::filesystem::path logFile(const StudyCell& cell) const;
    [[nodiscard]] bool holdsStudy() const { return std::filesystem::exists(studyFile()); }

    /// Makes the folders and study.json, or, if there is one, makes sure that it is the same study. Throws
    /// Error{badInput} saying what differs.
    void open(const Study& study) const;

    /// What the run file of a cell says. `settings`: of `train`, as they would be now. An unreadable file
    /// counts as unfinished.
    [[nodiscard]] CellState stateOf(const StudyCell& cell, const Settings& settings) const;

private:
    std::filesystem::path m_path;
};

} // namespace finescope::engine
