#pragma once

#include "widgets/control/note_button.h"

#include <QWidget>

class QLabel;

namespace finescope::widgets {

/// The heading of what a page shows, with its note beside it.
class NoteHeading : public QWidget {
    Q_OBJECT

public:
    explicit NoteHeading(QWidget* parent = nullptr);
    /// Shows the note's title.
    void setNote(const Note& note);

private:
    QLabel* m_title;
    NoteButton* m_button;
};

} // namespace finescope::widgets
