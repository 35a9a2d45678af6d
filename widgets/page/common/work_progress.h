#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "widgets/page/common/background.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <atomic>
#include <memory>

class QLabel;
class QProgressBar;
class QPushButton;

namespace finescope::widgets {

/// How far long work in the background is, the time left and a button that cancels it. Hidden without work,
/// and while it might be over at once.
class WorkProgress : public QWidget {
    Q_OBJECT

public:
    /// `prefix` begins the names of its objects.
    explicit WorkProgress(const QString& prefix, QWidget* parent);

    using Fraction = std::shared_ptr<std::atomic<double>>;
    /// The work writes how much of it is done.
    Fraction start();
    void stop();
    [[nodiscard]] bool running() const { return m_poll.isActive(); }

    /// What a task in the background, which may outlive this widget, passes on; `fraction` may be null.
    [[nodiscard]] static analysis::WorkHooks hooks(const TaskControl& control, const Fraction& fraction);

Q_SIGNALS:
    void cancelRequested();

private:
    void show();

    QProgressBar* m_bar;
    QLabel* m_left;
    QPushButton* m_cancel;
    QTimer m_poll, m_showSoon;
    QElapsedTimer m_since;
    Fraction m_fraction;
};

} // namespace finescope::widgets
