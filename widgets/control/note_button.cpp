#include "widgets/control/note_button.h"

#include "widgets/control/icon.h"

#include <QFrame>
#include <QKeyEvent>
#include <QLabel>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kTextWidth = 400; // about sixty characters: what reads well
constexpr int kIconSize = 16;
constexpr int kEdge = 8; // from the card to the edge of the screen
constexpr double kCaptionScale = 0.9;

QLabel* makeText(const char* name, Qt::TextFormat format, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setWordWrap(true);
    label->setTextFormat(format);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFixedWidth(kTextWidth);
    return label;
}

void fill(QLabel& label, const QString& text) {
    label.setText(text);
    label.setFixedHeight(label.heightForWidth(kTextWidth));
}

} // namespace

NoteButton::NoteButton(QWidget* parent)
    : QToolButton(parent), m_card(new QFrame(this, Qt::Popup)),
      m_title(makeText("noteTitle", Qt::PlainText, m_card)),
      m_definition(makeText("noteDefinition", Qt::RichText, m_card)),
      m_source(makeText("noteSource", Qt::PlainText, m_card)) {
    setObjectName(QStringLiteral("noteButton"));
    setIcon(themedIcon(QStringLiteral("note")));
    setIconSize({kIconSize, kIconSize});
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    m_card->setObjectName(QStringLiteral("noteCard"));
    m_card->setFrameShape(QFrame::StyledPanel);
    m_card->setAutoFillBackground(true);
    m_card->setBackgroundRole(QPalette::Base);
    m_card->installEventFilter(this);
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    QFont small = m_source->font();
    small.setPointSizeF(kCaptionScale * small.pointSizeF());
    m_source->setFont(small);
    auto* layout = new QVBoxLayout(m_card);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_definition);
    layout->addWidget(m_source);
    layout->setSizeConstraint(QLayout::SetFixedSize);
    connect(this, &QToolButton::clicked, this, &NoteButton::open);
}

void NoteButton::setNote(const Note& note) {
    fill(*m_title, note.title);
    fill(*m_definition, note.definition);
    fill(*m_source, tr("Source: %1").arg(note.source));
    setToolTip(tr("What is this?"));
    setAccessibleName(tr("What is this: %1").arg(note.title));
    m_card->setAccessibleName(note.title);
}

void NoteButton::open() {
    m_card->adjustSize();
    const QRect room = screen()->availableGeometry().adjusted(kEdge, kEdge, -kEdge, -kEdge);
    QPoint at = mapToGlobal(QPoint(0, height()));
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - m_card->width())));
    if (at.y() + m_card->height() > room.bottom()) { // no room below: above
        at.setY(std::max(room.top(), mapToGlobal(QPoint(0, 0)).y() - m_card->height()));
    }
    m_card->move(at);
    m_card->show();
    m_card->setFocus();
}

bool NoteButton::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_card && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_card->close();
        return true;
    }
    return QToolButton::eventFilter(watched, event);
}

} // namespace finescope::widgets
