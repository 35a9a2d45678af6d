#include "app/window/runs/session.h"

#include "core/figure/label/run_style.h"

#include <QFileInfo>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace finescope::window {

Session::Session(int pollMs, std::vector<std::string> probe, QObject* parent)
    : QObject(parent), m_follower(new RunFollower(pollMs, std::move(probe))) {
    qRegisterMetaType<RunPointer>();
    qRegisterMetaType<record::LiveState>();
    qRegisterMetaType<Opening>();
    m_announce.setSingleShot(true);
    connect(&m_announce, &QTimer::timeout, this, [this] {
        m_announced.start();
        Q_EMIT runsChanged();
        if (std::exchange(m_checkedChanged, false)) {
            Q_EMIT checkedRunsChanged();
        }
    });
    m_follower->moveToThread(&m_thread);
    connect(&m_thread, &QThread::started, m_follower, &RunFollower::begin);
    connect(&m_thread, &QThread::finished, m_follower, &QObject::deleteLater);
    connect(m_follower, &RunFollower::identified, this,
            [this](const QString& path, const QString& identity) { m_identities.insert(path, identity); });
    connect(m_follower, &RunFollower::runRead, this, &Session::take);
    connect(m_follower, &RunFollower::failed, this, &Session::openFailed);
    connect(m_follower, &RunFollower::folderSearched, this, [this](const QString& folder, int found) {
        if (found > kCheckedAtOnce) {
            checkWholeSeeds(folder);
        }
        Q_EMIT folderOpened(folder, found);
    });
    m_thread.setObjectName(QStringLiteral("run reader"));
    m_thread.start();
}

Session::~Session() {
    m_follower->stop();
    m_thread.quit();
    m_thread.wait();
}

void Session::open(const QStringList& paths) {
    for (const QString& given : paths) {
        const QFileInfo info(given);
        const QString path = info.absoluteFilePath();
        setChecked({path}, true); // one that is open already, perhaps from a folder
        QMetaObject::invokeMethod(m_follower, [follower = m_follower, path, folder = info.isDir()] {
            if (folder) {
                follower->followFolder(path);
            } else {
                follower->follow(path);
            }
        });
    }
}

void Session::await(const QString& path) {
    QMetaObject::invokeMethod(m_follower, [follower = m_follower, path = QFileInfo(path).absoluteFilePath()] {
        follower->await(path);
    });
}

void Session::close(const QString& path) {
    const auto found = std::ranges::find(m_runs, path, &OpenRun::path);
    if (found == m_runs.end()) {
        return;
    }
    const bool checked = found->checked;
    m_runs.erase(found);
    m_identities.remove(path);
    m_closing.insert(path);
    QMetaObject::invokeMethod(m_follower, [this, path] {
        m_follower->forget(path);
        QMetaObject::invokeMethod(this, [this, path] { m_closing.remove(path); });
    });
    announce(checked);
}

void Session::take(const QString& path, const RunPointer& run, const record::LiveState& state,
                   Opening opening) {
    const auto found = std::ranges::find(m_runs, path, &OpenRun::path);
    if (found != m_runs.end()) {
        found->state = state;
        if (run) {
            found->run = run;
            found->identity = m_identities.value(path, path);
        }
        announce(found->checked && run);
        return;
    }
    if (!run || m_closing.contains(path)) {
        return; // closed while this was on the way
    }
    const auto checked = std::ranges::count(m_runs, true, &OpenRun::checked);
    m_runs.push_back({path, run, state, opening == Opening::named || checked < kCheckedAtOnce, opening,
                      m_identities.value(path, path)});
    announce(m_runs.back().checked);
}

void Session::checkWholeSeeds(const QString& folder) {
    // Of every method of a task and model, how many runs came before: the rank of a seed among the others.
    std::map<std::tuple<std::string, std::string, std::string>, int> seedsOf;
    std::map<int, std::vector<OpenRun*>> ofRank;
    int room = kCheckedAtOnce;
    for (OpenRun& open : m_runs) {
        if (open.opening == Opening::found && open.path.startsWith(folder + '/')) {
            ofRank[seedsOf[{open.run->task, open.run->model, open.run->method}]++].push_back(&open);
        } else {
            room -= open.checked ? 1 : 0;
        }
    }
    if (ofRank.empty() || std::ssize(ofRank[0]) > room) {
        return; // not even one seed of every method: the first that came
    }
    for (const auto& [rank, runs] : ofRank) {
        const bool fits = std::ssize(runs) <= room;
        room = fits ? room - static_cast<int>(runs.size()) : 0;
        for (OpenRun* open : runs) {
            open->checked = fits;
        }
    }
    announce(true);
}

void Session::setChecked(const QStringList& paths, bool checked) {
    bool changed = false;
    for (OpenRun& open : m_runs) {
        if (open.checked != checked && paths.contains(open.path)) {
            open.checked = checked;
            changed = true;
        }
    }
    if (changed) {
        announce(true);
    }
}

void Session::announce(bool checkedToo) {
    m_checkedChanged = m_checkedChanged || checkedToo;
    // The first at once; of files that come in quick succession several together, as everything that shows
    // them is made anew.
    constexpr qint64 kGatherMs = 40;
    if (!m_announce.isActive()) {
        const qint64 since = m_announced.isValid() ? m_announced.elapsed() : kGatherMs;
        m_announce.start(static_cast<int>(std::max<qint64>(0, kGatherMs - since)));
    }
}

QHash<QString, const OpenRun*> Session::countedRuns() const {
    const auto rows = [](const OpenRun& of) {
        return std::pair(of.run->epochs.rowsInFile(), of.run->steps.rowsInFile());
    };
    QHash<QString, const OpenRun*> counted;
    for (const OpenRun& open : m_runs) {
        if (open.checked) {
            const OpenRun*& best = counted[open.identity];
            best = !best || rows(open) > rows(*best) ? &open : best;
        }
    }
    return counted;
}

widgets::RunSet Session::checkedRuns() const {
    std::vector<record::Run> checked;
    const QHash<QString, const OpenRun*> counted = countedRuns();
    for (const OpenRun& open : m_runs) {
        if (counted.value(open.identity) == &open) {
            checked.push_back(*open.run);
        }
    }
    auto ordered = std::make_shared<std::vector<record::Run>>();
    ordered->reserve(checked.size());
    for (const std::size_t index : figure::legendOrder(checked)) {
        ordered->push_back(std::move(checked[index]));
    }
    return ordered;
}

} // namespace finescope::window
