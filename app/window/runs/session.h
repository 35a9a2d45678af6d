#pragma once

#include "app/window/runs/run_follower.h"
#include "widgets/page/page.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QThread>
#include <QTimer>

#include <string>
#include <vector>

namespace finescope::window {

/// One run that is open in the window.
struct OpenRun {
    QString path; ///< absolute; what tells open runs apart
    RunPointer run;
    record::LiveState state;
    bool checked = false; ///< shown by the pages
    Opening opening = Opening::named;
    QString identity{}; ///< shared with its copies only
};

/// What is open and what the person chose: facts come from the files, only intent is kept here. Files are
/// read on a thread of their own; everything public belongs to the GUI thread. Several changes in one turn of
/// the event loop, or in quick succession, give one signal.
class Session : public QObject {
    Q_OBJECT

public:
    static constexpr int kPollMs = 1000;
    /// Runs found in a folder are checked up to this many in all: more diagrams side by side say nothing. Of
    /// a folder with more, as many seeds are checked as fit with all its methods: seeds say less than
    /// methods.
    static constexpr int kCheckedAtOnce = 12;

    /// `probe` as RunFollower takes it.
    explicit Session(int pollMs = kPollMs, std::vector<std::string> probe = {}, QObject* parent = nullptr);
    ~Session() override;

    /// Opens files and folders; a folder is searched and watched.
    void open(const QStringList& paths);
    /// Opens a file as soon as it is there: what a started run is going to write.
    void await(const QString& path);
    void close(const QString& path);

    [[nodiscard]] const std::vector<OpenRun>& runs() const { return m_runs; }
    /// The checked runs in the order of legends; of some copies of one run the one with most rows.
    [[nodiscard]] widgets::RunSet checkedRuns() const;
    /// The checked run of each identity that counts.
    [[nodiscard]] QHash<QString, const OpenRun*> countedRuns() const;
    void setChecked(const QStringList& paths, bool checked);

    /// The temperature that was chosen last. The page that shows it sets it and hears nothing back.
    [[nodiscard]] double temperature() const { return m_temperature; }
    void setTemperature(double temperature) { m_temperature = temperature; }

Q_SIGNALS:
    /// Runs came, went, grew or changed their state.
    void runsChanged();
    /// Which runs are checked, or what one of them holds, changed.
    void checkedRunsChanged();
    void openFailed(const QString& path, const QString& message);
    /// A folder was searched; `found` run files are in it.
    void folderOpened(const QString& path, int found);

private:
    void take(const QString& path, const RunPointer& run, const record::LiveState& state, Opening opening);
    void checkWholeSeeds(const QString& folder);
    void announce(bool checkedToo);

    std::vector<OpenRun> m_runs;          ///< in the order they were opened
    QHash<QString, QString> m_identities; ///< by path, before the run itself comes
    QSet<QString> m_closing;              ///< closed here, perhaps still being read over there
    double m_temperature = 1;
    bool m_checkedChanged = false;
    QTimer m_announce;
    QElapsedTimer m_announced; ///< since the last signal
    QThread m_thread;
    RunFollower* m_follower; ///< lives on m_thread
};

} // namespace finescope::window
