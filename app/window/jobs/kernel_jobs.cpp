#include "app/window/jobs/kernel_jobs.h"

#include "app/window/jobs/job_queue.h"
#include "core/analysis/run/run_traits.h"
#include "core/figure/label/run_style.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace finescope::window {

namespace {

constexpr int kTypingMs = 300;

QString duration(double seconds) {
    if (seconds < 1) {
        return KernelJobs::tr("less than a second");
    }
    if (seconds < 100) {
        return KernelJobs::tr("about %1 s").arg(std::ceil(seconds));
    }
    return seconds < 6000 ? KernelJobs::tr("about %1 min").arg(std::ceil(seconds / 60))
                          : KernelJobs::tr("about %1 h").arg(seconds / 3600, 0, 'f', 1);
}

QString gibibytes(double bytes) {
    return KernelJobs::tr("%1 GiB").arg(bytes / std::pow(2.0, 30), 0, 'f', 2);
}

} // namespace

KernelJobs::KernelJobs(QString engine, const Session& session, JobQueue& jobs, widgets::Prompts& prompts,
                       QObject* parent)
    : QObject(parent), m_engine(std::move(engine)), m_session(session), m_jobs(jobs), m_prompts(prompts) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kTypingMs);
    connect(&m_soon, &QTimer::timeout, this, &KernelJobs::estimate);
}

KernelJobs::~KernelJobs() {
    if (m_process) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished();
    }
}

void KernelJobs::ask(const QStringList& files, QWidget* parent) {
    QStringList names, running, imported;
    m_files.clear();
    const auto runs = m_session.checkedRuns();
    const std::vector<figure::RunLabel> labels = figure::labelRuns(*runs);
    for (std::size_t i = 0; i < runs->size(); ++i) {
        const record::Run& run = (*runs)[i];
        const QString file = QString::fromStdU16String(run.file.u16string());
        const QString name = QString::fromStdString(labels[i].name);
        if (!files.isEmpty() && !files.contains(file)) {
            continue;
        }
        if (analysis::importedFrom(run)) {
            imported << name;
        } else if (run.progress.status == record::Status::running) {
            running << name;
        } else {
            m_files << file;
            names << name;
        }
    }
    if (m_files.isEmpty() && running.isEmpty() && !imported.isEmpty()) {
        Q_EMIT refused(tr("No kernel can be computed for an imported run, because it has no model: %1")
                           .arg(imported.join(u", ")));
        return;
    }
    if (m_files.isEmpty()) {
        Q_EMIT refused(
            running.isEmpty()
                ? tr("No run is checked. Check the runs whose kernel you want.")
                : tr("A kernel can be computed only after the run has ended: %1").arg(running.join(u", ")));
        return;
    }
    auto* dialog = new widgets::ComputeKernelDialog(names, m_prompts, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog = dialog;
    connect(dialog, &widgets::ComputeKernelDialog::settingsChanged, this, [this] {
        m_dialog->setEstimate(tr("Estimating time and memory…"), false);
        m_soon.start();
    });
    connect(dialog, &widgets::ComputeKernelDialog::computeRequested, this,
            [this](const widgets::KernelSettings& settings) {
                for (const QString& file : m_files) {
                    m_jobs.add({.title = tr("Kernel of %1").arg(QFileInfo(file).completeBaseName()),
                                .arguments = settings.arguments(file),
                                .output = file});
                }
            });
    dialog->setEstimate(tr("Estimating time and memory…"), false);
    dialog->open();
    estimate();
}

void KernelJobs::estimate() {
    if (!m_dialog) {
        return;
    }
    if (m_process) {
        m_process->disconnect(this);
        m_process->kill();
        m_process.release()->deleteLater();
    }
    m_process = std::make_unique<QProcess>();
    connect(m_process.get(), &QProcess::finished, this, &KernelJobs::takeEstimate);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            takeEstimate();
        }
    });
    m_process->start(m_engine, m_dialog->settings().arguments(m_files.front())
                                   << QStringLiteral("--estimate"));
}

void KernelJobs::takeEstimate() {
    const std::unique_ptr<QProcess, void (*)(QProcess*)> process(
        m_process.release(), [](QProcess* ended) { ended->deleteLater(); });
    if (!m_dialog) {
        return;
    }
    const auto line = QJsonDocument::fromJson(process->readAllStandardOutput()).object();
    if (process->error() == QProcess::FailedToStart || process->exitCode() != 0 ||
        line[QStringLiteral("event")] != QLatin1String("estimate")) {
        const QString said = QString::fromUtf8(process->readAllStandardError()).trimmed();
        m_dialog->setEstimate(said.isEmpty() ? tr("%1 cannot be started.").arg(m_engine) : said, false);
        return;
    }
    const double scratch = line[QStringLiteral("scratch_bytes")].toDouble();
    QString text = tr("%1 train and %2 test samples: %3 for the gradients, then the kernel regression; "
                      "%4 of %5")
                       .arg(line[QStringLiteral("train_samples")].toInteger())
                       .arg(line[QStringLiteral("test_samples")].toInteger())
                       .arg(duration(line[QStringLiteral("seconds")].toDouble()),
                            gibibytes(line[QStringLiteral("memory_bytes")].toDouble()),
                            line[QStringLiteral("device")] == QLatin1String("cuda") ? tr("the GPU's memory")
                                                                                    : tr("memory"));
    if (scratch > 0) {
        text += tr(", and a scratch file of %1 beside the run").arg(gibibytes(scratch));
    }
    text += m_files.size() > 1 ? tr(". This is for the first of %1 runs.").arg(m_files.size())
                               : QStringLiteral(".");
    m_dialog->setEstimate(text, true);
}

} // namespace finescope::window
