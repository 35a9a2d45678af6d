#pragma once

#include "core/record/live_reader.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace finescope::window {

using RunPointer = std::shared_ptr<const record::Run>;

/// Why a run was opened.
enum class Origin {
    named, ///< the person asked for this very file
    found, ///< it lies in a folder that is open
};

/// Reads run files and follows them: whatever is still written, and whatever is replaced, is read again once
/// per interval. Folders are searched for new files as often (no change notifications: they are silent on
/// network file systems and after a rename). Lives on a thread of its own; talk to it by queued calls only.
class RunFollower : public QObject {
    Q_OBJECT

public:
    explicit RunFollower(int intervalMs);
    ~RunFollower() override;

public Q_SLOTS:
    void begin();
    void follow(const QString& path);
    /// Like follow, but the file may not exist yet.
    void await(const QString& path);
    void followFolder(const QString& path);
    void forget(const QString& path);
    void poll();

Q_SIGNALS:
    void runRead(const QString& path, const finescope::window::RunPointer& run,
                 const finescope::record::LiveState& state, finescope::window::Origin origin);
    void failed(const QString& path, const QString& message);
    void folderSearched(const QString& path, int found);

private:
    struct Followed;
    void add(const QString& path, Origin origin);
    void read(const QString& path, Followed& followed);
    void searchFolder(const QString& folder);

    QTimer* m_timer;
    std::map<QString, Followed> m_followed;
    std::set<QString> m_awaited;
    std::map<QString, std::set<QString>> m_folders; ///< folder -> what was seen in it
};

} // namespace finescope::window

Q_DECLARE_METATYPE(finescope::window::RunPointer)
Q_DECLARE_METATYPE(finescope::record::LiveState)
