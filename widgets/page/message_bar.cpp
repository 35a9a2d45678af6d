#include "widgets/page/message_bar.h"

#include "widgets/control/icon.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace finescope::widgets {

namespace {

const QColor kErrorTint(0xd1, 0x3b, 0x3b);
constexpr float kTintOpacity = 0.16F;
constexpr int kEdge = 4;

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent), m_message(new QLabel(this)), m_details(new QLabel(this)),
      m_detailsButton(new QToolButton(this)) {
    setObjectName(QStringLiteral("messageBar"));
    m_message->setObjectName(QStringLiteral("messageText"));
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_details->setObjectName(QStringLiteral("messageDetails"));
    m_details->setWordWrap(true);
    m_details->setTextFormat(Qt::PlainText);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_details->hide();
    m_detailsButton->setObjectName(QStringLiteral("messageDetailsButton"));
    m_detailsButton->setText(tr("Details"));
    m_detailsButton->setAutoRaise(true);
    m_detailsButton->setCheckable(true);
    connect(m_detailsButton, &QToolButton::toggled, m_details, &QWidget::setVisible);
    auto* dismiss = new QToolButton(this);
    dismiss->setObjectName(QStringLiteral("messageDismissButton"));
    dismiss->setIcon(themedIcon(QStringLiteral("close")));
    dismiss->setToolTip(tr("Dismiss"));
    dismiss->setAccessibleName(tr("Dismiss"));
    dismiss->setAutoRaise(true);
    connect(dismiss, &QToolButton::clicked, this, &QWidget::hide);

    auto* sign = new IconLabel(this);
    sign->setIcon(themedIcon(QStringLiteral("warning")));

    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(16, 8, 8, 8);
    layout->setHorizontalSpacing(8);
    layout->setVerticalSpacing(8);
    layout->addWidget(sign, 0, 0);
    layout->addWidget(m_message, 0, 1);
    layout->addWidget(m_detailsButton, 0, 2, Qt::AlignTop);
    layout->addWidget(dismiss, 0, 3, Qt::AlignTop);
    layout->addWidget(m_details, 1, 1, 1, 3);
    layout->setColumnStretch(1, 1);
    hide();
}

void MessageBar::showMessage(const QString& message, const QString& details) {
    m_message->setText(message);
    m_details->setText(details);
    m_detailsButton->setVisible(!details.isEmpty());
    m_detailsButton->setChecked(false);
    show();
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QColor tint = kErrorTint;
    tint.setAlphaF(kTintOpacity); // over the page: right in both themes
    painter.fillRect(rect(), tint);
    painter.fillRect(0, 0, kEdge, height(), kErrorTint);
}

} // namespace finescope::widgets
