#pragma once

#include <QString>
#include <QToolButton>

class QFrame;
class QLabel;

namespace finescope::widgets {

/// What a number is.
struct Note {
    QString title;
    QString definition; ///< rich text: formulas have indices
    QString source;     ///< where the definition is from, plain text
};

/// "What is this": a small button beside a heading. It opens a card with the definition and its source, which
/// a click elsewhere or Escape closes.
class NoteButton : public QToolButton {
    Q_OBJECT

public:
    explicit NoteButton(QWidget* parent = nullptr);
    void setNote(const Note& note);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void open();

    QFrame* m_card;
    QLabel* m_title;
    QLabel* m_definition;
    QLabel* m_source;
};

} // namespace finescope::widgets
