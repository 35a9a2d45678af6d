#pragma once

#include "widgets/page/common/background.h"

#include <QHash>
#include <QPointer>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace finescope::window {

/// One thread that computes what the pages ask for, first come first served, newest request per key. All
/// public functions belong to the thread that made it; `done` is called there. The destructor cancels what
/// runs and joins.
class AnalysisWorker : public QObject, public widgets::Background {
    Q_OBJECT

public:
    explicit AnalysisWorker(QObject* parent = nullptr);
    ~AnalysisWorker() override;

    void cancel(const QString& key) override;

Q_SIGNALS:
    /// How far the running request is, 0..1; 0 when it starts, 1 when it has ended.
    void progressed(const QString& key, double fraction);

private:
    struct Job;
    class Control;
    void post(const QString& key, QObject* context, std::function<void(const widgets::TaskControl&)> work,
              std::function<void(const std::optional<widgets::Failure>&)> done) override;
    void run(const std::stop_token& stop);
    void deliver(const std::shared_ptr<Job>& job, const std::optional<widgets::Failure>& failure);

    QHash<QString, std::shared_ptr<Job>> m_newest; ///< by key; of the thread that made the worker

    std::mutex m_mutex; ///< guards m_waiting
    std::condition_variable_any m_arrived;
    std::deque<std::shared_ptr<Job>> m_waiting;

    std::jthread m_thread; ///< last: it uses everything above
};

} // namespace finescope::window
