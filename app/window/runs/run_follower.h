#pragma once

#include "app/window/runs/run_copies_seen.h"
#include "core/record/live_reader.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace finescope::window {

using RunPointer = std::shared_ptr<const record::Run>;

/// Why a run was opened.
enum class Opening {
    named, ///< the person asked for this very file
    found, ///< it lies in a folder that is open
};

/// Reads run files and follows them: whatever is still written, and whatever is replaced, is read again once
/// per interval. Folders are searched for new files as often (no change notifications: they are silent on
/// network file systems and after a rename). Lives on a thread of its own; talk to it by queued calls only.
class RunFollower : public QObject {
    Q_OBJECT

public:
    /// `probe` is the command of a process that looks at files before they are read (record::FileProbe); none
    /// is asked if it is empty.
    RunFollower(int intervalMs, std::vector<std::string> probe);
    ~RunFollower() override;

    /// From any thread: nothing is read any more, and what is being looked at is given up.
    void stop();

public Q_SLOTS:
    void begin();
    void follow(const QString& path);
    /// Like follow, but the file may not exist yet: then it is one that this program has written, and nobody
    /// looks at it first.
    void await(const QString& path);
    void followFolder(const QString& path);
    void forget(const QString& path);
    void poll();

Q_SIGNALS:
    /// Before the run is told: what it has in common with its copies only.
    void identified(const QString& path, const QString& identity);
    void runRead(const QString& path, const finescope::window::RunPointer& run,
                 const finescope::record::LiveState& state, finescope::window::Opening opening);
    void failed(const QString& path, const QString& message);
    void folderSearched(const QString& path, int found);

private:
    struct Followed;
    enum class Writer { anybody, ourselves };
    void add(const QString& path, Opening opening, Writer writer = Writer::anybody);
    void read(const QString& path, Followed& followed);
    void searchFolder(const QString& folder);

    QTimer* m_timer;
    std::unique_ptr<record::FileProbe> m_probe;
    std::atomic<bool> m_stopped = false;
    std::map<QString, Followed> m_followed;
    RunCopiesSeen m_copies;
    std::set<QString> m_awaited;
    std::map<QString, std::set<QString>> m_folders; ///< folder -> what was seen in it
};

} // namespace finescope::window

Q_DECLARE_METATYPE(finescope::window::RunPointer)
Q_DECLARE_METATYPE(finescope::record::LiveState)
