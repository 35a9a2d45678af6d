#include "app/window/jobs/job_queue.h"

#include "app/window/jobs/engine_process.h"

#include <algorithm>
#include <utility>

namespace finescope::window {

using widgets::Job;

struct JobQueue::Entry {
    Job job;
    QStringList arguments;
    std::unique_ptr<EngineProcess> process;
};

namespace {

QString stageName(const QString& stage) {
    if (stage == QLatin1String("probing")) {
        return JobQueue::tr("linear probing");
    }
    if (stage == QLatin1String("fine_tuning")) {
        return JobQueue::tr("fine-tuning");
    }
    if (stage == QLatin1String("evaluating")) {
        return JobQueue::tr("evaluating");
    }
    return stage == QLatin1String("kernel") ? JobQueue::tr("kernel") : stage;
}

} // namespace

JobQueue::JobQueue(QString engine, int parallel, QObject* parent)
    : QObject(parent), m_engine(std::move(engine)), m_parallel(std::max(1, parallel)) {}

JobQueue::~JobQueue() = default;

int JobQueue::add(const JobRequest& request) {
    auto entry = std::make_unique<Entry>();
    const int id = m_nextId++;
    entry->job.id = id;
    entry->job.title = request.title;
    entry->job.output = request.output;
    entry->arguments = request.arguments + QStringList{QStringLiteral("--progress"), QStringLiteral("json")};
    m_entries.push_back(std::move(entry));
    startWaiting();
    Q_EMIT jobsChanged();
    return id;
}

void JobQueue::startWaiting() {
    auto running =
        std::ranges::count_if(m_entries, [](const auto& entry) { return entry->process != nullptr; });
    for (const auto& entry : m_entries) {
        if (running >= m_parallel) {
            return;
        }
        if (entry->job.state != Job::State::waiting) {
            continue;
        }
        const int id = entry->job.id;
        entry->process = std::make_unique<EngineProcess>();
        entry->job.state = Job::State::running;
        connect(entry->process.get(), &EngineProcess::progressed, this,
                [this, id](const EngineProgress& progress) { takeProgress(id, progress); });
        connect(entry->process.get(), &EngineProcess::ended, this,
                [this, id](const EngineEnd& end) { takeEnd(id, end); });
        entry->process->start(m_engine, entry->arguments);
        ++running;
        Q_EMIT started(entry->job.output);
    }
}

void JobQueue::takeProgress(int id, const EngineProgress& progress) {
    Entry* entry = find(id);
    entry->job.stage = progress.stage == QLatin1String("fine_tuning")
                           ? tr("%1, epoch %2").arg(stageName(progress.stage)).arg(progress.epoch, 0, 'f', 1)
                           : stageName(progress.stage);
    entry->job.fraction.reset();
    if (progress.totalSteps > 0) {
        entry->job.fraction = std::clamp(
            static_cast<double>(progress.step) / static_cast<double>(progress.totalSteps), 0.0, 1.0);
    }
    entry->job.secondsLeft = progress.secondsLeft;
    Q_EMIT jobsChanged();
}

void JobQueue::takeEnd(int id, const EngineEnd& end) {
    Entry* entry = find(id);
    // The signal came out of this object: it must not die under its own feet.
    entry->process.release()->deleteLater();
    entry->job.secondsLeft.reset();
    entry->job.message = end.message;
    switch (end.how) {
    case EngineEnd::How::complete:
        entry->job.state = Job::State::complete;
        entry->job.fraction = 1;
        break;
    case EngineEnd::How::cancelled:
        entry->job.state = Job::State::cancelled;
        break;
    case EngineEnd::How::failed:
        entry->job.state = Job::State::failed;
        Q_EMIT failed(entry->job.title, end.message, entry->job.output);
        break;
    }
    startWaiting();
    Q_EMIT jobsChanged();
}

void JobQueue::pause(int id) {
    if (Entry* entry = find(id); entry && entry->process) {
        entry->process->pause();
        entry->job.state = entry->process->paused() ? Job::State::paused : Job::State::running;
        Q_EMIT jobsChanged();
    }
}

void JobQueue::resume(int id) {
    if (Entry* entry = find(id); entry && entry->process) {
        entry->process->resume();
        entry->job.state = entry->process->paused() ? Job::State::paused : Job::State::running;
        Q_EMIT jobsChanged();
    }
}

void JobQueue::cancel(int id) {
    Entry* entry = find(id);
    if (!entry) {
        return;
    }
    if (entry->process) {
        entry->process->terminate();
        entry->job.state = Job::State::running;
    } else if (entry->job.state == Job::State::waiting) {
        entry->job.state = Job::State::cancelled;
    }
    Q_EMIT jobsChanged();
}

void JobQueue::cancelAll() {
    for (std::size_t i = m_entries.size(); i-- > 0;) { // waiting ones first: none may start meanwhile
        cancel(m_entries[i]->job.id);
    }
}

void JobQueue::dismiss(int id) {
    if (const Entry* entry = find(id); entry && !entry->job.active()) {
        std::erase_if(m_entries, [id](const auto& each) { return each->job.id == id; });
        Q_EMIT jobsChanged();
    }
}

JobQueue::Entry* JobQueue::find(int id) {
    const auto found =
        std::ranges::find_if(m_entries, [id](const auto& entry) { return entry->job.id == id; });
    return found == m_entries.end() ? nullptr : found->get();
}

std::vector<Job> JobQueue::jobs() const {
    std::vector<Job> jobs;
    jobs.reserve(m_entries.size());
    for (const auto& entry : m_entries) {
        jobs.push_back(entry->job);
    }
    return jobs;
}

bool JobQueue::busy() const {
    return std::ranges::any_of(m_entries, [](const auto& entry) { return entry->job.active(); });
}

} // namespace finescope::window
