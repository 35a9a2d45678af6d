#include "widgets/page/empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace finescope::widgets {

namespace {

constexpr int kSentenceWidth = 420; // about sixty characters: what reads well

} // namespace

EmptyState::EmptyState(const QString& sentence, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("emptyState"));
    auto* text = new QLabel(sentence, this);
    text->setObjectName(QStringLiteral("emptySentence"));
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setFixedWidth(kSentenceWidth);
    // A box layout asks a centred label for its height in one line.
    text->setMinimumHeight(text->heightForWidth(kSentenceWidth));
    auto* demo = new QPushButton(tr("Open demo study"), this);
    demo->setObjectName(QStringLiteral("openDemoButton"));
    demo->setDefault(true);
    auto* open = new QPushButton(tr("Open run files…"), this);
    open->setObjectName(QStringLiteral("openFilesButton"));
    connect(demo, &QPushButton::clicked, this, &EmptyState::demoRequested);
    connect(open, &QPushButton::clicked, this, &EmptyState::openRequested);

    setFocusProxy(demo);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    buttons->addWidget(demo);
    buttons->addWidget(open);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addStretch(2);
    layout->addWidget(text, 0, Qt::AlignHCenter);
    layout->addLayout(buttons);
    layout->addStretch(3);
}

} // namespace finescope::widgets
