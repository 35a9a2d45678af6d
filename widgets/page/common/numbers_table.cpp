#include "widgets/page/common/numbers_table.h"

#include "widgets/page/common/table_copying.h"
#include "widgets/panel/heading.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QScrollBar>

#include <algorithm>

namespace finescope::widgets {

namespace {

constexpr int kRowPadding = 6, kFramePadding = 4;

} // namespace

void layOnPage(QTableWidget& table) {
    useCaptionFont(table);
    // The page's own ground: an empty sheet around a few rows would weigh more than they do.
    table.viewport()->setBackgroundRole(QPalette::Window);
    table.setFrameShape(QFrame::NoFrame);
    table.setShowGrid(false);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setTabKeyNavigation(false);
    table.setWordWrap(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(table.fontMetrics().height() + kRowPadding);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
}

NumbersTable::NumbersTable(QWidget* parent) : QTableWidget(parent) {
    layOnPage(*this);
    addCopying(*this, [this] { return m_table; });
}

void NumbersTable::setTable(const figure::Table& table) {
    m_table = table;
    clear();
    setColumnCount(static_cast<int>(table.columns.size()));
    setRowCount(static_cast<int>(table.rows.size()));
    QString notes;
    for (const std::string& note : table.notes) {
        notes += (notes.isEmpty() ? QString() : QStringLiteral("\n")) + QString::fromStdString(note);
    }
    setToolTip(notes);
    for (int column = 0; column < columnCount(); ++column) {
        const auto c = static_cast<std::size_t>(column);
        bool numbers = false;
        for (int row = 0; row < rowCount(); ++row) {
            numbers = numbers || table.rows[static_cast<std::size_t>(row)][c].value.has_value();
        }
        const auto alignment = Qt::AlignVCenter | (numbers ? Qt::AlignRight : Qt::AlignLeft);
        auto* head = new QTableWidgetItem(QString::fromStdString(table.columns[c]));
        head->setTextAlignment(alignment);
        setHorizontalHeaderItem(column, head);
        for (int row = 0; row < rowCount(); ++row) {
            const figure::Cell& cell = table.rows[static_cast<std::size_t>(row)][c];
            auto* item = new QTableWidgetItem(QString::fromStdString(cell.text));
            item->setTextAlignment(alignment);
            if (cell.value) {
                item->setData(Qt::UserRole, *cell.value);
            }
            setItem(row, column, item);
        }
    }
}

void NumbersTable::fitHeight(int most) {
    m_mostRows = most;
    const int seen = std::clamp(rowCount(), 1, most);
    const bool tooWide = horizontalHeader()->length() > viewport()->width();
    setFixedHeight(horizontalHeader()->sizeHint().height() + seen * verticalHeader()->defaultSectionSize() +
                   kFramePadding + (tooWide ? horizontalScrollBar()->sizeHint().height() : 0));
}

void NumbersTable::resizeEvent(QResizeEvent* event) {
    QTableWidget::resizeEvent(event);
    if (m_mostRows > 0) {
        fitHeight(m_mostRows); // a scroll bar may have come or gone
    }
}

void NumbersTable::keyPressEvent(QKeyEvent* event) {
    if (!event->text().isEmpty() && event->text().front().isPrint()) {
        event->ignore(); // a table takes letters for a search
        return;
    }
    QTableWidget::keyPressEvent(event);
}

} // namespace finescope::widgets
