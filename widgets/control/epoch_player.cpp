#include "widgets/control/epoch_player.h"

#include "widgets/control/icon.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>

#include <algorithm>
#include <chrono>

namespace finescope::widgets {

namespace {

constexpr std::chrono::milliseconds kStep{700}; // long enough to see what changed

} // namespace

EpochPlayer::EpochPlayer(QWidget* parent)
    : QWidget(parent), m_button(new QToolButton(this)), m_slider(new QSlider(Qt::Horizontal, this)),
      m_step(this) {
    m_button->setObjectName(QStringLiteral("epochPlay"));
    m_button->setCheckable(true);
    m_button->setAutoRaise(true);
    m_slider->setObjectName(QStringLiteral("epochSlider"));
    m_slider->setAccessibleName(tr("Epoch"));
    m_slider->setPageStep(1);
    m_slider->setTickPosition(QSlider::TicksBelow);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_button);
    row->addWidget(m_slider, 1);
    m_step.setInterval(kStep);
    connect(m_button, &QToolButton::toggled, this, &EpochPlayer::play);
    connect(m_slider, &QSlider::valueChanged, this, &EpochPlayer::moved);
    connect(&m_step, &QTimer::timeout, this, &EpochPlayer::step);
    setCount(0);
    play(false);
}

void EpochPlayer::setCount(int count) {
    const QSignalBlocker blocker(m_slider);
    const bool atEnd = m_slider->value() == m_slider->maximum();
    m_slider->setRange(0, std::max(0, count - 1));
    if (atEnd) {
        m_slider->setValue(m_slider->maximum());
    }
    setEnabled(count > 1);
    if (count < 2) {
        play(false);
    }
}

int EpochPlayer::position() const {
    return m_slider->value();
}

void EpochPlayer::setPosition(int position) {
    const QSignalBlocker blocker(m_slider);
    m_slider->setValue(position < 0 ? m_slider->maximum() : position);
}

void EpochPlayer::play(bool on) {
    const QSignalBlocker blocker(m_button);
    m_button->setChecked(on);
    m_button->setIcon(themedIcon(on ? QStringLiteral("pause") : QStringLiteral("play")));
    const QString name = on ? tr("Stop at this epoch") : tr("Play calibration over training");
    m_button->setToolTip(name);
    m_button->setAccessibleName(name);
    if (!on) {
        m_step.stop();
        return;
    }
    if (m_slider->value() == m_slider->maximum()) {
        m_slider->setValue(0);
    }
    m_step.start();
}

void EpochPlayer::step() {
    if (m_busy) {
        return;
    }
    if (m_slider->value() == m_slider->maximum()) {
        play(false);
        return;
    }
    m_slider->setValue(m_slider->value() + 1);
}

void EpochPlayer::hideEvent(QHideEvent* event) {
    play(false);
    QWidget::hideEvent(event);
}

} // namespace finescope::widgets
