#include "app/window/jobs/analysis_worker.h"

#include "core/unexpected_error.h"

#include <algorithm>
#include <utility>

namespace finescope::window {

struct AnalysisWorker::Job {
    QString key;
    QPointer<QObject> context; ///< read on the thread of the worker object only
    std::function<void(const widgets::TaskControl&)> work;
    std::function<void(const std::optional<widgets::Failure>&)> done;
    std::stop_source stop; ///< requested when nobody waits for it any more
};

class AnalysisWorker::Control : public widgets::TaskControl {
public:
    Control(AnalysisWorker& worker, const Job& job) : m_worker(worker), m_job(job) {}

    [[nodiscard]] std::stop_token stop() const override { return m_job.stop.get_token(); }

    void progress(double fraction) const override {
        QMetaObject::invokeMethod(
            &m_worker,
            [worker = &m_worker, key = m_job.key, fraction] { Q_EMIT worker->progressed(key, fraction); },
            Qt::QueuedConnection);
    }

private:
    AnalysisWorker& m_worker;
    const Job& m_job;
};

namespace {

std::optional<widgets::Failure> runCaught(const std::function<void()>& work) {
    try {
        work();
        return std::nullopt;
    } catch (const Error& error) {
        return widgets::Failure{error.kind(), QString::fromUtf8(error.what())};
    } catch (const std::exception& error) {
        return widgets::Failure{ErrorKind::internal, QString::fromUtf8(fromUnexpected(error).what())};
    }
}

} // namespace

AnalysisWorker::AnalysisWorker(QObject* parent)
    : QObject(parent), m_thread([this](const std::stop_token& stop) { run(stop); }) {}

AnalysisWorker::~AnalysisWorker() {
    m_thread.request_stop();
    m_thread.join();
}

void AnalysisWorker::post(const QString& key, QObject* context,
                          std::function<void(const widgets::TaskControl&)> work,
                          std::function<void(const std::optional<widgets::Failure>&)> done) {
    cancel(key);
    auto job = std::make_shared<Job>();
    job->key = key;
    job->context = context;
    job->work = std::move(work);
    job->done = std::move(done);
    m_newest.insert(key, job);
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(job));
    }
    m_arrived.notify_one();
}

void AnalysisWorker::cancel(const QString& key) {
    if (const auto job = m_newest.take(key)) {
        job->stop.request_stop();
        const std::lock_guard lock(m_mutex);
        std::erase(m_waiting, job);
    }
}

void AnalysisWorker::run(const std::stop_token& stop) {
    for (;;) {
        std::shared_ptr<Job> job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_arrived.wait(lock, stop, [this] { return !m_waiting.empty(); })) {
                return;
            }
            if (stop.stop_requested()) {
                return;
            }
            job = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        const std::stop_callback withTheWorker(stop, [&job] { job->stop.request_stop(); });
        const Control control(*this, *job);
        control.progress(0);
        const auto failure = runCaught([&] { job->work(control); });
        QMetaObject::invokeMethod(
            this, [this, job, failure] { deliver(job, failure); }, Qt::QueuedConnection);
    }
}

void AnalysisWorker::deliver(const std::shared_ptr<Job>& job,
                             const std::optional<widgets::Failure>& failure) {
    Q_EMIT progressed(job->key, 1);
    if (m_newest.value(job->key) != job) {
        return; // a newer request came, or it was cancelled
    }
    m_newest.remove(job->key);
    if (job->context) {
        job->done(failure);
    }
}

} // namespace finescope::window
