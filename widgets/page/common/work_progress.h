#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "widgets/control/progress_row.h"
#include "widgets/page/common/background.h"

#include <QElapsedTimer>
#include <QTimer>

#include <atomic>
#include <memory>

namespace finescope::widgets {

/// How far long work in the background is, the time left and a button that cancels it. Hidden without work,
/// and while it might be over at once.
class WorkProgress : public ProgressRow {
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

private:
    void show();

    QTimer m_poll, m_showSoon;
    QElapsedTimer m_since;
    Fraction m_fraction;
};

} // namespace finescope::widgets
