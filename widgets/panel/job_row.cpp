#include "widgets/panel/job_row.h"

#include "widgets/control/elided_label.h"
#include "widgets/control/icon.h"
#include "widgets/control/progress_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

namespace finescope::widgets {

namespace {

constexpr int kBarWidth = 200, kSpacing = 16;

QString stateText(const Job& job) {
    switch (job.state) {
    case Job::State::waiting:
        return JobRow::tr("waiting");
    case Job::State::running:
        return job.stage.isEmpty() ? JobRow::tr("starting") : job.stage;
    case Job::State::paused:
        return JobRow::tr("paused");
    case Job::State::complete:
        return JobRow::tr("complete");
    case Job::State::failed:
        return JobRow::tr("failed: %1").arg(job.message);
    case Job::State::cancelled:
        return JobRow::tr("cancelled");
    }
    Q_UNREACHABLE();
}

/// An icon for what wants to be seen; what goes well is quiet.
QString badgeName(Job::State state) {
    switch (state) {
    case Job::State::running:
        return QStringLiteral("badge-live");
    case Job::State::failed:
        return QStringLiteral("badge-failed");
    case Job::State::cancelled:
        return QStringLiteral("badge-cancelled");
    case Job::State::waiting:
    case Job::State::paused:
    case Job::State::complete:
        return {};
    }
    Q_UNREACHABLE();
}

} // namespace

JobRow::JobRow(QWidget* parent)
    : QWidget(parent), m_badge(new IconLabel(this)), m_title(new QLabel(this)),
      m_stage(new ElidedLabel(this)), m_pause(new QToolButton(this)), m_cancel(new QToolButton(this)),
      m_progress(new ProgressRow(ProgressRow::Shape::row, QStringLiteral("job"), m_cancel, this)) {
    m_title->setObjectName(QStringLiteral("jobTitle"));
    m_stage->setObjectName(QStringLiteral("jobStage"));
    m_progress->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    m_progress->layout()->setSpacing(kSpacing);
    m_progress->bar()->setFixedWidth(kBarWidth);
    m_progress->bar()->setTextVisible(false);
    QLabel* left = m_progress->words();
    left->setMinimumWidth(left->fontMetrics().horizontalAdvance(timeLeftText(59 * 60)));
    m_progress->addButton(m_pause);
    m_pause->setObjectName(QStringLiteral("jobPause"));
    m_pause->setAutoRaise(true);
    m_pause->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cancel->setAutoRaise(true);
    m_cancel->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_pause, &QToolButton::clicked, this, [this] {
        if (m_job.state == Job::State::paused) {
            Q_EMIT resumeRequested();
        } else {
            Q_EMIT pauseRequested();
        }
    });
    connect(m_progress, &ProgressRow::cancelRequested, this, [this] {
        if (m_job.active()) {
            Q_EMIT cancelRequested();
        } else {
            Q_EMIT dismissRequested();
        }
    });

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_badge);
    layout->addWidget(m_title);
    layout->addWidget(m_stage, 1);
    layout->addWidget(m_progress);
}

void JobRow::setJob(const Job& job) {
    m_job = job;
    m_title->setText(job.title);
    m_stage->setText(stateText(job).section(QLatin1Char('\n'), 0, 0));
    const QString badge = badgeName(job.state);
    m_badge->setIcon(badge.isEmpty() ? QIcon() : themedIcon(badge));
    m_badge->setToolTip(job.message);
    m_stage->setToolTip(job.message.isEmpty() ? job.output : job.message);
    m_progress->bar()->setVisible(job.active());
    // Only what is really running may move by itself.
    m_progress->setFraction(job.state == Job::State::running ? job.fraction : job.fraction.value_or(0));
    m_progress->bar()->setAccessibleName(tr("Progress of %1").arg(job.title));
    m_progress->setTimeLeft(job.active() ? job.secondsLeft : std::nullopt);
    const bool paused = job.state == Job::State::paused;
    m_pause->setVisible(paused || job.state == Job::State::running);
    m_pause->setIcon(themedIcon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
    m_pause->setAccessibleName(tr("%1 %2").arg(m_pause->text(), job.title));
    m_cancel->setIcon(themedIcon(job.active() ? QStringLiteral("stop") : QStringLiteral("close")));
    m_cancel->setText(job.active() ? tr("Cancel") : tr("Dismiss"));
    m_cancel->setAccessibleName(tr("%1 %2").arg(m_cancel->text(), job.title));
}

} // namespace finescope::widgets
