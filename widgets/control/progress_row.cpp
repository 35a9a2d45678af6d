#include "widgets/control/progress_row.h"

#include <QAbstractButton>
#include <QBoxLayout>
#include <QLabel>
#include <QProgressBar>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr int kPercent = 100, kFineSteps = 1000; // with a number on the bar, and without

} // namespace

ProgressRow::ProgressRow(Shape shape, const QString& prefix, QAbstractButton* cancel, QWidget* parent)
    : QWidget(parent), m_bar(new QProgressBar(this)), m_words(new QLabel(this)),
      m_layout(
          new QBoxLayout(shape == Shape::column ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, this)) {
    m_bar->setObjectName(prefix + QStringLiteral("Progress"));
    m_bar->setAccessibleName(tr("Progress"));
    m_words->setObjectName(prefix + QStringLiteral("TimeLeft"));
    cancel->setObjectName(prefix + QStringLiteral("Cancel"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(8);
    m_layout->addWidget(m_bar);
    m_layout->insertWidget(shape == Shape::wordsFirst ? 0 : 1, m_words);
    m_layout->addWidget(cancel);
    setFraction(0);
    connect(cancel, &QAbstractButton::clicked, this, &ProgressRow::cancelRequested);
}

void ProgressRow::setFraction(std::optional<double> fraction) {
    const int steps = m_bar->isTextVisible() ? kPercent : kFineSteps;
    m_bar->setRange(0, fraction ? steps : 0); // Qt animates an unknown range
    m_bar->setValue(static_cast<int>(steps * fraction.value_or(0)));
}

void ProgressRow::setTimeLeft(std::optional<double> seconds) {
    setWords(seconds ? timeLeftText(*seconds) : QString());
}

void ProgressRow::setWords(const QString& words) {
    m_words->setText(words);
}

void ProgressRow::addButton(QAbstractButton* button) {
    m_layout->insertWidget(m_layout->count() - 1, button);
}

QString timeLeftText(double seconds) {
    const auto whole = static_cast<qint64>(std::ceil(std::max(0.0, seconds)));
    if (whole < 60) {
        return ProgressRow::tr("%1 s left").arg(whole);
    }
    const qint64 minutes = (whole + 30) / 60;
    return minutes < 60 ? ProgressRow::tr("%1 min left").arg(minutes)
                        : ProgressRow::tr("%1 h %2 min left").arg(minutes / 60).arg(minutes % 60);
}

} // namespace finescope::widgets
