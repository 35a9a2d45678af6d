#pragma once

#include "app/window/runs/session.h"
#include "widgets/dialog/compute_kernel_dialog.h"

#include <QObject>
#include <QPointer>
#include <QProcess>
#include <QTimer>

#include <memory>

namespace finescope::window {

class JobQueue;

/// From the wish for kernels to jobs of the engine: asks how large, lets the engine say what that takes, and
/// queues a job for each run. GUI thread.
class KernelJobs : public QObject {
    Q_OBJECT

public:
    /// `engine` is the program to ask; session, jobs and prompts outlive this.
    KernelJobs(QString engine, const Session& session, JobQueue& jobs, widgets::Prompts& prompts,
               QObject* parent = nullptr);
    ~KernelJobs() override;

    /// Opens the dialog for runs of these files; for all checked ones if there are none. Emits `refused` when
    /// none of them can have a kernel now.
    void ask(const QStringList& files, QWidget* parent);

Q_SIGNALS:
    void refused(const QString& message);

private:
    void estimate();
    void takeEstimate();

    QString m_engine;
    const Session& m_session;
    JobQueue& m_jobs;
    widgets::Prompts& m_prompts;
    QPointer<widgets::ComputeKernelDialog> m_dialog;
    QStringList m_files;
    std::unique_ptr<QProcess> m_process; ///< the estimate that is on its way
    QTimer m_soon;                       ///< while numbers are being typed
};

} // namespace finescope::window
