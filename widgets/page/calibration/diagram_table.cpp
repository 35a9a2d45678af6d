#include "widgets/page/calibration/diagram_table.h"

#include "core/figure/number_text.h"
#include "widgets/page/common/numbers_table.h"
#include "widgets/page/common/table_copying.h"

#include <QHeaderView>
#include <QKeyEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace finescope::widgets {

namespace {

constexpr double kLong = 1e5; // numbers from here on are written with an exponent
constexpr int kBeforeRole = Qt::UserRole + 1;
constexpr int kWidestColumn = 160; // longer names end in an ellipsis; their tool tip is whole

/// A column that shows a number of analysis::Reliability.
struct NumberColumn {
    DiagramTable::Column column;
    const char* title;
    const char* tip;
    bool percent;
    double analysis::Reliability::*value;
};

constexpr std::array<NumberColumn, 5> kColumns{{
    {DiagramTable::eceColumn, QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "ECE %"),
     QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Expected calibration error, percent"), true,
     &analysis::Reliability::ece},
    {DiagramTable::mceColumn, QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "MCE %"),
     QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Maximum calibration error, percent"), true,
     &analysis::Reliability::mce},
    {DiagramTable::nllColumn, QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "NLL"),
     QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Negative log likelihood, natural logarithm"),
     false, &analysis::Reliability::nll},
    {DiagramTable::brierColumn, QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Brier"),
     QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Brier score, 0 to 2"), false,
     &analysis::Reliability::brier},
    {DiagramTable::accuracyColumn, QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Acc. %"),
     QT_TRANSLATE_NOOP("finescope::widgets::DiagramTable", "Accuracy, percent"), true,
     &analysis::Reliability::accuracy},
}};

QString numberText(const NumberColumn& column, const analysis::Reliability& reliability) {
    const double value = reliability.*column.value;
    if (std::isnan(value)) { // one class has no NLL, some conventions no MCE
        return QStringLiteral("–");
    }
    return QString::fromStdString(column.percent  ? figure::fixed(100 * value, 1)
                                  : value < kLong ? figure::fixed(value, 3)
                                                  : figure::significant(value, 3));
}

/// "7.0 → 6.3", and once only what T does not change.
QString numberText(const NumberColumn& column, const figure::ReliabilityEntry& entry) {
    QString now = numberText(column, entry.current);
    if (!entry.before) {
        return now;
    }
    const QString before = numberText(column, *entry.before);
    return before == now ? now : DiagramTable::tr("%1 → %2").arg(before, now);
}

} // namespace

DiagramTable::DiagramTable(QWidget* parent) : QTableWidget(0, 2 + static_cast<int>(kColumns.size()), parent) {
    setAccessibleName(tr("Calibration numbers of the checked runs"));
    layOnPage(*this);
    addCopying(*this, [this] { return table(); });
    // A header that fits its columns by itself measures one again for every cell that changes, under the
    // slider for longer than painting takes.
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setMaximumSectionSize(kWidestColumn);
    const auto head = [this](int column, const QString& title, const QString& tip) {
        auto* item = new QTableWidgetItem(title);
        item->setToolTip(tip);
        item->setTextAlignment(Qt::AlignVCenter | (column == nameColumn ? Qt::AlignLeft : Qt::AlignRight));
        setHorizontalHeaderItem(column, item);
    };
    head(nameColumn, tr("Run"), {});
    head(temperatureColumn, tr("T"), tr("The temperature fitted on the run's validation split"));
    for (const NumberColumn& column : kColumns) {
        head(column.column, tr(column.title), tr(column.tip));
    }
}

figure::Table DiagramTable::table() const {
    figure::Table table{.kind = "calibration-numbers", .caption = "Calibration of the checked runs."};
    for (int column = 0; column < columnCount(); ++column) {
        if (isColumnHidden(column)) {
            continue;
        }
        table.columns.push_back(horizontalHeaderItem(column)->text().toStdString());
        table.rows.resize(static_cast<std::size_t>(rowCount()));
        for (int row = 0; row < rowCount(); ++row) {
            figure::Cell cell;
            cell.text = item(row, column)->text().toStdString();
            if (const QVariant value = item(row, column)->data(Qt::UserRole); value.isValid()) {
                const auto shown = std::ranges::find(kColumns, column, &NumberColumn::column);
                const double factor = shown != kColumns.end() && shown->percent ? 100 : 1;
                cell.value = factor * value.toDouble();
                if (const QVariant before = item(row, column)->data(kBeforeRole); before.isValid()) {
                    cell.before = factor * before.toDouble();
                }
            }
            table.rows[static_cast<std::size_t>(row)].push_back(std::move(cell));
        }
    }
    return table;
}

void DiagramTable::fitColumns() {
    horizontalHeader()->resizeSections(QHeaderView::ResizeToContents);
}

void DiagramTable::showEvent(QShowEvent* event) {
    QTableWidget::showEvent(event);
    fitColumns();
}

void DiagramTable::changeEvent(QEvent* event) {
    QTableWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        fitColumns();
    }
}

QTableWidgetItem& DiagramTable::cell(int row, int column) {
    QTableWidgetItem* known = item(row, column);
    if (!known) {
        known = new QTableWidgetItem;
        known->setTextAlignment(Qt::AlignVCenter | (column == nameColumn ? Qt::AlignLeft : Qt::AlignRight));
        setItem(row, column, known);
    }
    return *known;
}

void DiagramTable::setEntries(const std::vector<figure::ReliabilityEntry>& entries,
                              const std::vector<bool>& fitted, bool oneClass) {
    QTableWidgetItem& accuracy = *horizontalHeaderItem(accuracyColumn);
    accuracy.setText(oneClass ? tr("Share %") : tr("Acc. %"));
    accuracy.setToolTip(oneClass ? tr("Share of rows that belong to the class, percent")
                                 : tr("Accuracy, percent"));
    const bool noTemperature =
        std::ranges::none_of(entries, [](const auto& entry) { return entry.before.has_value(); });
    bool otherWidths =
        rowCount() != static_cast<int>(entries.size()) || isColumnHidden(temperatureColumn) != noTemperature;
    const auto write = [&](QTableWidgetItem& item, const QString& text) {
        otherWidths = otherWidths || item.text().size() != text.size();
        item.setText(text);
    };
    setRowCount(static_cast<int>(entries.size()));
    setColumnHidden(temperatureColumn, noTemperature);
    for (int row = 0; row < rowCount(); ++row) {
        const auto index = static_cast<std::size_t>(row);
        const figure::ReliabilityEntry& entry = entries[index];
        const QString name = QString::fromStdString(entry.name);
        otherWidths = otherWidths || cell(row, nameColumn).text() != name;
        cell(row, nameColumn).setText(name);
        cell(row, nameColumn).setToolTip(name);
        const double temperature = entry.current.temperature;
        write(cell(row, temperatureColumn),
              fitted[index] ? QString::fromStdString(figure::fixed(temperature, 2)) : tr("none"));
        cell(row, temperatureColumn).setToolTip(fitted[index] ? QString() : tr("Nothing to fit T on"));
        cell(row, temperatureColumn).setData(Qt::UserRole, temperature);
        for (const NumberColumn& column : kColumns) {
            write(cell(row, column.column), numberText(column, entry));
            cell(row, column.column).setData(Qt::UserRole, entry.current.*column.value);
            cell(row, column.column)
                .setData(kBeforeRole, entry.before ? QVariant((*entry.before).*column.value) : QVariant());
        }
    }
    if (otherWidths) { // digits are as wide as each other
        fitColumns();
    }
}

void DiagramTable::keyPressEvent(QKeyEvent* event) {
    if (!event->text().isEmpty() && event->text().front().isPrint()) {
        event->ignore(); // a table takes letters for a search
        return;
    }
    QTableWidget::keyPressEvent(event);
}

} // namespace finescope::widgets
