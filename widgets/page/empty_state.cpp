#include "widgets/page/empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kSentenceWidth = 420; // about sixty characters: what reads well

} // namespace

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_demo(new QPushButton(tr("Open demo study"), this)),
      m_open(new QPushButton(tr("Open run files…"), this)),
      m_showAll(new QPushButton(tr("Check all runs"), this)) {
    setObjectName(QStringLiteral("emptyState"));
    m_text->setObjectName(QStringLiteral("emptySentence"));
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setFixedWidth(kSentenceWidth);
    m_demo->setObjectName(QStringLiteral("openDemoButton"));
    m_demo->setDefault(true);
    m_open->setObjectName(QStringLiteral("openFilesButton"));
    m_showAll->setObjectName(QStringLiteral("showAllButton"));
    connect(m_demo, &QPushButton::clicked, this, &EmptyState::demoRequested);
    connect(m_open, &QPushButton::clicked, this, &EmptyState::openRequested);
    connect(m_showAll, &QPushButton::clicked, this, &EmptyState::showAllRequested);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    for (QPushButton* button : {m_demo, m_open, m_showAll}) {
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addStretch(2);
    layout->addWidget(m_text, 0, Qt::AlignHCenter);
    layout->addLayout(buttons);
    layout->addStretch(3);
}

void EmptyState::say(const QString& sentence, Offer offer) {
    m_text->setText(sentence);
    // A box layout asks a centred label for its height in one line.
    m_text->setMinimumHeight(m_text->heightForWidth(kSentenceWidth));
    m_demo->setVisible(offer == Offer::open);
    m_open->setVisible(offer == Offer::open);
    m_showAll->setVisible(offer == Offer::check);
    setFocusProxy(offer == Offer::open ? m_demo : m_showAll);
}

} // namespace finescope::widgets
