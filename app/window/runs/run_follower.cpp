#include "app/window/runs/run_follower.h"

#include "core/error.h"

#include <QFileInfo>

#include <sys/stat.h>
#include <system_error>
#include <tuple>
#include <utility>

namespace finescope::window {

namespace {

constexpr int kFolderDepth = 3; // a study's folder, its tasks, its methods

/// What changes when a file is written, replaced or resized.
using Stamp = std::tuple<dev_t, ino_t, off_t, time_t, long>;

std::optional<Stamp> stampOf(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) {
        return std::nullopt;
    }
    return Stamp{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

bool sameInode(const Stamp& a, const Stamp& b) {
    return std::get<0>(a) == std::get<0>(b) && std::get<1>(a) == std::get<1>(b);
}

std::filesystem::path toPath(const QString& path) {
    return path.toStdU16String();
}

} // namespace

struct RunFollower::Followed {
    Opening opening = Opening::named;
    std::optional<record::LiveReader> reader; ///< only while the run may still change
    std::optional<Stamp> stamp; ///< of the file when it was last read or refused; nullopt: not there
    bool tried = false;
    bool ours = false;           ///< written by this program, and not read yet
    std::optional<Stamp> oursIs; ///< that file, when it was read first: it is never looked at by the probe
    record::LiveState state;
    QString problem; ///< why it was refused, told once
};

RunFollower::RunFollower(int intervalMs, std::vector<std::string> probe)
    : m_timer(new QTimer(this)),
      m_probe(probe.empty() ? nullptr : std::make_unique<record::FileProbe>(std::move(probe))) {
    m_timer->setInterval(intervalMs);
    connect(m_timer, &QTimer::timeout, this, &RunFollower::poll);
}

RunFollower::~RunFollower() = default;

void RunFollower::stop() {
    m_stopped = true;
    if (m_probe) {
        m_probe->cancel();
    }
}

void RunFollower::begin() {
    m_timer->start();
}

void RunFollower::follow(const QString& path) {
    add(path, Opening::named);
}

void RunFollower::await(const QString& path) {
    if (QFileInfo::exists(path)) {
        add(path, Opening::named);
    } else {
        m_awaited.insert(path);
    }
}

void RunFollower::followFolder(const QString& path) {
    m_folders[path];
    searchFolder(path);
    Q_EMIT folderSearched(path, static_cast<int>(m_folders[path].size()));
}

void RunFollower::forget(const QString& path) {
    m_followed.erase(path);
    m_copies.forget(path);
    m_awaited.erase(path);
}

void RunFollower::add(const QString& path, Opening opening, Writer writer) {
    const auto [entry, fresh] = m_followed.try_emplace(path);
    Followed& followed = entry->second;
    if (fresh) {
        followed.opening = opening;
        followed.ours = writer == Writer::ourselves;
    } else if (!followed.problem.isEmpty()) {
        followed.tried = false; // asked for again: try again and say again what is wrong
        followed.problem.clear();
    }
    read(path, followed);
}

void RunFollower::read(const QString& path, Followed& followed) {
    if (m_stopped) {
        return;
    }
    const auto stamp = stampOf(toPath(path));
    if (!followed.reader && followed.tried && stamp == followed.stamp) {
        return; // ended or refused, and nobody touched it since
    }
    followed.tried = true;
    followed.stamp = stamp;
    try {
        if (!followed.reader) {
            if (std::exchange(followed.ours, false)) {
                followed.oursIs = stamp;
            }
            const bool trusted = stamp && followed.oursIs && sameInode(*stamp, *followed.oursIs);
            followed.reader.emplace(toPath(path), record::LiveClock{}, trusted ? nullptr : m_probe.get());
        }
        auto run = followed.reader->poll();
        const record::LiveState state = followed.reader->state();
        const bool otherState = state.liveness != followed.state.liveness;
        followed.state = state;
        followed.problem.clear();
        if (run) {
            const auto shared = std::make_shared<const record::Run>(std::move(*run));
            Q_EMIT identified(path, m_copies.identityOf(path, shared));
            Q_EMIT runRead(path, shared, state, followed.opening);
        } else if (otherState) {
            Q_EMIT runRead(path, nullptr, state, followed.opening);
        }
        if (state.liveness == record::Liveness::ended) {
            followed.reader.reset();
        }
    } catch (const std::exception& error) { // whatever a file brings about, the others are read
        followed.reader.reset();
        if (m_stopped) {
            return; // what was stopped is no problem of the file
        }
        const QString problem = QString::fromUtf8(error.what());
        if (problem != std::exchange(followed.problem, problem)) {
            Q_EMIT failed(path, problem);
        }
    }
}

void RunFollower::searchFolder(const QString& folder) {
    auto& seen = m_folders[folder];
    std::error_code problem;
    using std::filesystem::recursive_directory_iterator;
    recursive_directory_iterator entry(toPath(folder),
                                       std::filesystem::directory_options::skip_permission_denied, problem);
    std::set<QString> fresh;
    while (!problem && entry != recursive_directory_iterator()) {
        const std::filesystem::path& path = entry->path();
        const bool hidden = path.filename().native().starts_with('.');
        if (entry->is_directory(problem) && (hidden || entry.depth() + 1 >= kFolderDepth)) {
            entry.disable_recursion_pending();
        } else if (!hidden && path.extension() == ".h5") {
            const QString name = QString::fromStdU16String(path.u16string());
            if (seen.insert(name).second) {
                fresh.insert(name); // in the order of names, not of the folder
            }
        }
        entry.increment(problem);
    }
    if (m_probe) {
        std::vector<std::filesystem::path> unread;
        for (const QString& path : fresh) {
            if (!m_followed.contains(path)) {
                unread.push_back(toPath(path));
            }
        }
        m_probe->lookAhead(unread);
    }
    for (const QString& path : fresh) {
        add(path, Opening::found);
    }
}

void RunFollower::poll() {
    for (auto& [path, followed] : m_followed) {
        read(path, followed);
    }
    for (auto awaited = m_awaited.begin(); awaited != m_awaited.end();) {
        if (QFileInfo::exists(*awaited)) {
            add(*awaited, Opening::named, Writer::ourselves);
            awaited = m_awaited.erase(awaited);
        } else {
            ++awaited;
        }
    }
    for (const auto& [folder, seen] : m_folders) {
        searchFolder(folder);
    }
}

} // namespace finescope::window
