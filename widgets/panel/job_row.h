#pragma once

#include "widgets/panel/job.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace finescope::widgets {

class ElidedLabel;
class IconLabel;
class ProgressRow;

/// One job: title, what it is at, a progress bar, time left and its buttons.
class JobRow : public QWidget {
    Q_OBJECT

public:
    explicit JobRow(QWidget* parent = nullptr);
    void setJob(const Job& job);

Q_SIGNALS:
    void pauseRequested();
    void resumeRequested();
    void cancelRequested();
    void dismissRequested();

private:
    Job m_job;
    IconLabel* m_badge;
    QLabel* m_title;
    ElidedLabel* m_stage;
    QToolButton* m_pause;
    QToolButton* m_cancel;
    ProgressRow* m_progress;
};

} // namespace finescope::widgets
