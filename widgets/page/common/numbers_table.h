#pragma once

#include "core/figure/figure.h"

#include <QTableWidget>

namespace finescope::widgets {

/// Gives a table of numbers the look of a part of its page.
void layOnPage(QTableWidget& table);

/// A figure::Table on the screen: words to the left, numbers to the right; its notes are the tool tip. Its
/// context menu and Ctrl+C copy the whole table as Markdown, LaTeX or CSV.
class NumbersTable : public QTableWidget {
    Q_OBJECT

public:
    explicit NumbersTable(QWidget* parent = nullptr);
    void setTable(const figure::Table& table);
    /// Takes the height of its rows, but of no more than `most`: then it scrolls.
    void fitHeight(int most);
    [[nodiscard]] const figure::Table& table() const { return m_table; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    figure::Table m_table;
    int m_mostRows = 0; ///< of its height; 0: others decide
};

} // namespace finescope::widgets
