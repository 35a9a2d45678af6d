#include "widgets/page/common/work_progress.h"

#include "widgets/panel/heading.h"

#include <QLabel>
#include <QPushButton>

namespace finescope::widgets {

namespace {

constexpr int kPollMs = 100;
constexpr int kShowAfterMs = 150;   // what is quicker than this would only flicker
constexpr int kGuessAfterMs = 1000; // before that, and before so much is done, the time left would only jump
constexpr double kGuessFrom = 0.01;

} // namespace

WorkProgress::WorkProgress(const QString& prefix, QWidget* parent)
    : ProgressRow(Shape::column, prefix, new QPushButton(tr("Cancel")), parent),
      m_fraction(std::make_shared<std::atomic<double>>(0)) {
    setObjectName(prefix + QStringLiteral("Work"));
    useCaptionFont(*words());
    m_poll.setInterval(kPollMs);
    m_showSoon.setSingleShot(true);
    m_showSoon.setInterval(kShowAfterMs);
    connect(&m_showSoon, &QTimer::timeout, this, [this] { setVisible(true); });
    connect(&m_poll, &QTimer::timeout, this, &WorkProgress::show);
    hide();
}

WorkProgress::Fraction WorkProgress::start() {
    m_fraction = std::make_shared<std::atomic<double>>(0);
    m_since.start();
    setTimeLeft(std::nullopt);
    show();
    m_poll.start();
    m_showSoon.start();
    return m_fraction;
}

void WorkProgress::stop() {
    m_poll.stop();
    m_showSoon.stop();
    setVisible(false);
}

void WorkProgress::show() {
    const double done = m_fraction->load();
    setFraction(done);
    const auto passed = m_since.elapsed();
    if (done >= kGuessFrom && passed >= kGuessAfterMs) {
        setTimeLeft(static_cast<double>(passed) / 1000 * (1 - done) / done);
    }
}

analysis::WorkHooks WorkProgress::hooks(const TaskControl& control, const Fraction& fraction) {
    return {.onProgress =
                [&control, fraction](double done) {
                    if (fraction) {
                        *fraction = done;
                    }
                    control.progress(done);
                },
            .cancelled = [&control] { return control.cancelled(); }};
}

} // namespace finescope::widgets
