#pragma once

#include "widgets/panel/job.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace finescope::widgets {

class ElidedLabel;
class IconLabel;

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
    QProgressBar* m_bar;
    QLabel* m_left;
    QToolButton* m_pause;
    QToolButton* m_cancel;
};

} // namespace finescope::widgets
