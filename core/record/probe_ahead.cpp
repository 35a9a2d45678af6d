#include "core/record/probe_ahead.h"

#include "core/error.h"

#include <system_error>
#include <utility>

namespace finescope::record {

ProbeAhead::ProbeAhead(const std::vector<std::string>& command,
                       const std::vector<std::filesystem::path>& files, std::size_t children) {
    for (const auto& file : files) {
        m_places.try_emplace(file.string(), m_looks.size());
        m_looks.push_back({.file = file});
    }
    for (std::size_t i = 0; i < children; ++i) {
        auto& child = m_children.emplace_back(command);
        try {
            m_threads.emplace_back([this, &child] { work(child); });
        } catch (const std::system_error&) {
            return; // fewer are slower, and no more than that
        }
    }
}

ProbeAhead::~ProbeAhead() {
    cancel();
}

void ProbeAhead::cancel() noexcept {
    {
        const std::lock_guard lock(m_mutex);
        m_cancelled = true;
    }
    for (auto& child : m_children) {
        child.cancel();
    }
}

ProbeAhead::Look* ProbeAhead::next() {
    const std::lock_guard lock(m_mutex);
    while (m_next < m_looks.size() && m_looks[m_next].state != Look::State::waiting) {
        ++m_next;
    }
    if (m_cancelled || m_next == m_looks.size()) {
        return nullptr;
    }
    m_looks[m_next].state = Look::State::underWay;
    return &m_looks[m_next];
}

void ProbeAhead::work(ProbeProcess& child) {
    bool able = true;
    while (Look* const look = able ? next() : nullptr) {
        FileStamp stamp;
        std::optional<std::string> problem;
        try {
            const PinnedFile pinned(look->file);
            stamp = pinned.stamp();
            child.require(pinned);
            problem = "";
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::badFile) {
                problem = error.what();
            } else {
                able = false; // whoever asks for the file is told
            }
        } catch (const std::exception&) {
            able = false;
        }
        {
            const std::lock_guard lock(m_mutex);
            look->stamp = stamp;
            look->problem = std::move(problem);
            look->state = Look::State::over;
        }
        m_over.notify_all();
    }
    child.stop();
}

std::optional<std::string> ProbeAhead::problemOf(const PinnedFile& file) {
    std::unique_lock lock(m_mutex);
    const auto place = m_places.find(file.name().string());
    if (place == m_places.end()) {
        return std::nullopt;
    }
    auto& look = m_looks[place->second];
    if (look.state == Look::State::waiting) {
        look.state = Look::State::over;
    }
    m_over.wait(lock, [&look] { return look.state == Look::State::over; });
    auto problem = std::exchange(look.problem, std::nullopt);
    return look.stamp.unchanged(file.stamp()) ? problem : std::nullopt;
}

} // namespace finescope::record
