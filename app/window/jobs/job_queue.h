#pragma once

#include "widgets/panel/job.h"

#include <QObject>
#include <QStringList>

#include <memory>
#include <span>
#include <vector>

namespace finescope::window {

class EngineProcess;
struct EngineEnd;
struct EngineProgress;

/// What to start: the engine's arguments without `--progress json`, which the queue adds.
struct JobRequest {
    QString title;
    QStringList arguments;
    QString output; ///< the run file it writes
};

/// The engine's jobs in the order they were asked for, at most `parallel` at a time. A failed job leaves the
/// others alone. Destroying the queue lets running processes go on; cancelAll() first stops them. GUI thread.
class JobQueue : public QObject {
    Q_OBJECT

public:
    /// `engine` is the program to start.
    JobQueue(QString engine, int parallel, QObject* parent = nullptr);
    ~JobQueue() override;

    int add(const JobRequest& request);
    void pause(int id);
    void resume(int id);
    /// Stops a running job, drops a waiting one.
    void cancel(int id);
    void cancelAll();
    /// Takes an ended job off the list.
    void dismiss(int id);

    [[nodiscard]] std::vector<widgets::Job> jobs() const;
    [[nodiscard]] bool busy() const;

Q_SIGNALS:
    void jobsChanged();
    /// A job was started: its run file will appear at `output`.
    void started(const QString& output);
    void failed(const QString& title, const QString& message, const QString& output);

private:
    struct Entry;
    [[nodiscard]] Entry* find(int id);
    void startWaiting();
    void takeProgress(int id, const EngineProgress& progress);
    void takeEnd(int id, const EngineEnd& end);

    QString m_engine;
    int m_parallel;
    int m_nextId = 1;
    std::vector<std::unique_ptr<Entry>> m_entries;
};

} // namespace finescope::window
