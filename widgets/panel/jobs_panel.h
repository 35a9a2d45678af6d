#pragma once

#include "widgets/panel/job.h"

#include <QWidget>

#include <map>
#include <vector>

class QVBoxLayout;

namespace finescope::widgets {

class JobRow;

/// What the engine is doing, one row per job: how far, how long still, pause and cancel. Jobs in, intent out.
class JobsPanel : public QWidget {
    Q_OBJECT

public:
    explicit JobsPanel(QWidget* parent = nullptr);
    void setJobs(const std::vector<Job>& jobs);

Q_SIGNALS:
    void pauseRequested(int id);
    void resumeRequested(int id);
    void cancelRequested(int id);
    void dismissRequested(int id);

private:
    JobRow* makeRow(int id);

    std::map<int, JobRow*> m_rows;
    QVBoxLayout* m_layout;
};

} // namespace finescope::widgets
