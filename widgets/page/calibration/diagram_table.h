#pragma once

#include "core/figure/calibration/calibration_figures.h"

#include <QTableWidget>

#include <vector>

namespace finescope::widgets {

/// The numbers of each run beside the diagrams, percentages without their sign; in the mode of fitted
/// temperatures before and after, and the temperature itself. Letters and digits are left to the page, whose
/// keys they are.
class DiagramTable : public QTableWidget {
    Q_OBJECT

public:
    enum Column {
        nameColumn,
        temperatureColumn,
        eceColumn,
        mceColumn,
        nllColumn,
        brierColumn,
        accuracyColumn
    };

    explicit DiagramTable(QWidget* parent = nullptr);

    /// One row per entry; `fitted` says for each whether there was something to fit its temperature on,
    /// `oneClass` that they are of one class, whose share stands in place of the accuracy. Each number stays
    /// in Qt::UserRole, in the unit of analysis::Reliability.
    void setEntries(const std::vector<figure::ReliabilityEntry>& entries, const std::vector<bool>& fitted,
                    bool oneClass);

    /// What is shown, for the clipboard.
    [[nodiscard]] figure::Table table() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fitColumns();
    QTableWidgetItem& cell(int row, int column);
};

} // namespace finescope::widgets
