#include "widgets/page/common/note_heading.h"

#include "widgets/panel/heading.h"

#include <QHBoxLayout>
#include <QLabel>

namespace finescope::widgets {

NoteHeading::NoteHeading(QWidget* parent)
    : QWidget(parent), m_title(makeHeading({}, this)), m_button(new NoteButton(this)) {
    m_title->setObjectName(QStringLiteral("noteHeading"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_button);
    layout->addStretch(1);
}

void NoteHeading::setNote(const Note& note) {
    m_title->setText(note.title);
    m_button->setNote(note);
}

} // namespace finescope::widgets
