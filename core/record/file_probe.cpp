#include "core/record/file_probe.h"

#include "core/error.h"
#include "core/record/probe_ahead.h"
#include "core/record/run_facts.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace finescope::record {

namespace {

// Starting a child costs as much as some ten files.
constexpr std::size_t kFilesAChild = 16;
constexpr std::size_t kMostChildren = 8;

std::size_t childrenFor(std::size_t files) {
    return files < 2 * kFilesAChild
               ? 1
               : std::min<std::size_t>({files / kFilesAChild, kMostChildren,
                                        std::max(1U, std::thread::hardware_concurrency())});
}

} // namespace

FileProbe::FileProbe(std::vector<std::string> command)
    : m_command(std::move(command)), m_process(m_command) {}

FileProbe::~FileProbe() = default;

void FileProbe::lookAhead(const std::vector<std::filesystem::path>& files) {
    // m_process is none of them: most of the time it has nothing to do, as whoever asks waits for a file that
    // one of them has begun.
    const auto children = childrenFor(files.size());
    auto ahead = children > 1 ? std::make_unique<ProbeAhead>(m_command, files, children) : nullptr;
    const std::lock_guard lock(m_mutex);
    m_ahead.swap(ahead);
    if (m_cancelled && m_ahead) {
        m_ahead->cancel();
    }
}

void FileProbe::require(const PinnedFile& file) {
    const auto problem = m_ahead ? m_ahead->problemOf(file) : std::nullopt;
    if (!problem) {
        m_process.require(file);
    } else if (!problem->empty()) {
        throw Error(ErrorKind::badFile, *problem);
    }
}

void FileProbe::cancel() noexcept {
    const std::lock_guard lock(m_mutex);
    m_cancelled = true;
    m_process.cancel();
    if (m_ahead) {
        m_ahead->cancel();
    }
}

Run FileProbe::readRun(const std::filesystem::path& file) {
    const PinnedFile pinned(file);
    require(pinned);
    const FileView view(pinned);
    return readFacts(view, nullptr);
}

} // namespace finescope::record
