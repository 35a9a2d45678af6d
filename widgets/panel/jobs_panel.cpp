#include "widgets/panel/jobs_panel.h"

#include "widgets/panel/heading.h"
#include "widgets/panel/job_row.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace finescope::widgets {

JobsPanel::JobsPanel(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout) {
    setObjectName(QStringLiteral("jobsPanel"));
    auto* list = new QWidget(this);
    auto* fill = new QVBoxLayout(list);
    fill->setContentsMargins(0, 0, 0, 0);
    fill->setSpacing(0);
    m_layout->setSpacing(4);
    fill->addLayout(m_layout);
    fill->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("jobsScroll"));
    scroll->setAccessibleName(tr("Jobs"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(list);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 8, 16, 8);
    layout->setSpacing(8);
    layout->addWidget(makeHeading(tr("Jobs"), this));
    layout->addWidget(scroll, 1);
}

void JobsPanel::setJobs(const std::vector<Job>& jobs) {
    std::erase_if(m_rows, [&jobs](const auto& entry) {
        const bool gone = std::ranges::find(jobs, entry.first, &Job::id) == jobs.end();
        if (gone) {
            entry.second->deleteLater(); // the signal that led here may be its own
        }
        return gone;
    });
    for (const Job& job : jobs) {
        auto& row = m_rows[job.id];
        if (!row) {
            row = makeRow(job.id);
        }
        row->setJob(job);
    }
}

JobRow* JobsPanel::makeRow(int id) {
    auto* row = new JobRow(this);
    row->setObjectName(QStringLiteral("job%1").arg(id));
    connect(row, &JobRow::pauseRequested, this, [this, id] { Q_EMIT pauseRequested(id); });
    connect(row, &JobRow::resumeRequested, this, [this, id] { Q_EMIT resumeRequested(id); });
    connect(row, &JobRow::cancelRequested, this, [this, id] { Q_EMIT cancelRequested(id); });
    connect(row, &JobRow::dismissRequested, this, [this, id] { Q_EMIT dismissRequested(id); });
    m_layout->addWidget(row);
    return row;
}

} // namespace finescope::widgets
