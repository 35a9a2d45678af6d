#pragma once

#include "core/record/pinned_file.h"
#include "core/record/probe_process.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace finescope::record {

/// Children that look at many files while one thread asks for one after the other. A thread for each child
/// takes the next file that nobody has taken; thread and child end when there is none. `problemOf` is for one
/// thread at a time.
class ProbeAhead {
public:
    /// Begins at once. `command` is FileProbe's.
    ProbeAhead(const std::vector<std::string>& command, const std::vector<std::filesystem::path>& files,
               std::size_t children);
    /// Ends what is under way.
    ~ProbeAhead();
    ProbeAhead(const ProbeAhead&) = delete;
    ProbeAhead& operator=(const ProbeAhead&) = delete;

    /// Why `file` is refused, "" if it is not; waits while a child looks at it. nullopt, and then the file is
    /// the caller's, if no child has begun, if the file was changed since, if it was asked for before, or if
    /// a child could not be started.
    [[nodiscard]] std::optional<std::string> problemOf(const PinnedFile& file);
    /// From any thread: what is under way ends without an answer, and nothing more is begun.
    void cancel() noexcept;

private:
    struct Look {
        std::filesystem::path file;
        enum class State { waiting, underWay, over } state = State::waiting;
        FileStamp stamp{};                    ///< of the file before the child looked
        std::optional<std::string> problem{}; ///< the answer; only while nobody has asked for it
    };
    void work(ProbeProcess& child);
    [[nodiscard]] Look* next();

    std::mutex m_mutex;
    std::condition_variable m_over;
    std::vector<Look> m_looks;
    std::map<std::string, std::size_t> m_places; ///< in m_looks, by the name of the file
    std::size_t m_next = 0;
    bool m_cancelled = false;
    std::deque<ProbeProcess> m_children;
    std::vector<std::jthread> m_threads;
};

} // namespace finescope::record
