#include "widgets/page/common/work_progress.h"

#include "widgets/panel/heading.h"
#include "widgets/panel/jobs_panel.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kPollMs = 100;
constexpr int kShowAfterMs = 150;   // what is quicker than this would only flicker
constexpr int kGuessAfterMs = 1000; // before that, and before so much is done, the time left would only jump
constexpr double kGuessFrom = 0.01;

} // namespace

WorkProgress::WorkProgress(const QString& prefix, QWidget* parent)
    : QWidget(parent), m_bar(new QProgressBar(this)), m_left(makeCaption({}, this)),
      m_cancel(new QPushButton(tr("Cancel"), this)), m_fraction(std::make_shared<std::atomic<double>>(0)) {
    setObjectName(prefix + QStringLiteral("Work"));
    m_bar->setObjectName(prefix + QStringLiteral("Progress"));
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setRange(0, 100);
    m_left->setObjectName(prefix + QStringLiteral("TimeLeft"));
    m_cancel->setObjectName(prefix + QStringLiteral("Cancel"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    for (QWidget* each : std::initializer_list<QWidget*>{m_bar, m_left, m_cancel}) {
        layout->addWidget(each);
    }
    m_poll.setInterval(kPollMs);
    m_showSoon.setSingleShot(true);
    m_showSoon.setInterval(kShowAfterMs);
    connect(&m_showSoon, &QTimer::timeout, this, [this] { setVisible(true); });
    connect(&m_poll, &QTimer::timeout, this, &WorkProgress::show);
    connect(m_cancel, &QPushButton::clicked, this, &WorkProgress::cancelRequested);
    hide();
}

WorkProgress::Fraction WorkProgress::start() {
    m_fraction = std::make_shared<std::atomic<double>>(0);
    m_since.start();
    m_left->clear();
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
    m_bar->setValue(static_cast<int>(100 * done));
    const auto passed = m_since.elapsed();
    if (done >= kGuessFrom && passed >= kGuessAfterMs) {
        m_left->setText(timeLeftText(static_cast<double>(passed) / 1000 * (1 - done) / done));
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
