#pragma once

#include "core/figure/figure.h"
#include "core/record/run.h"
#include "widgets/page/background.h"
#include "widgets/page/prepared_run.h"

#include <QWidget>

#include <string>
#include <vector>

class QComboBox;
class QLabel;

namespace finescope::widgets {

class NumbersTable;

/// A run at one temperature, as the tables below the diagrams look at it.
struct DetailedRun {
    record::Run run;
    std::string name;
    double temperature = 1;
    std::shared_ptr<const PreparedRun> prepared;
};

/// What is behind the numbers of the Calibration page, as a table: computed in the background, because
/// intervals take thousands of draws. The newest question replaces the one before.
class CalibrationDetails : public QWidget {
    Q_OBJECT

public:
    enum class View {
        conventions, ///< the same predictions under every convention
        measures,    ///< other calibration errors, and intervals
        classes,     ///< each class against the others
        worstBin,    ///< what makes the MCE
        ways,        ///< ways to recalibrate
    };

    explicit CalibrationDetails(Background& background, QWidget* parent = nullptr);

    /// Adds an item for every view, with the view as its data.
    static void listViews(QComboBox& picker);

    /// Shows `view` of these runs as soon as it is there.
    void ask(View view, std::vector<DetailedRun> runs, int binCount);
    /// Forgets what it was asked.
    void clear();
    [[nodiscard]] const NumbersTable& table() const { return *m_table; }

private:
    Background& m_background;
    NumbersTable* m_table;
    QLabel* m_message;
};

} // namespace finescope::widgets
