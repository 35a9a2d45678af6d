#pragma once

#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/shown_run.h"

#include <QTimer>
#include <QWidget>

#include <vector>

class QComboBox;
class QLabel;

namespace finescope::widgets {

class NumbersTable;

/// What is behind the numbers of the Calibration page, as a table: computed in the background, because
/// intervals take thousands of draws. The newest question replaces the one before.
class CalibrationDetails : public QWidget {
    Q_OBJECT

public:
    enum class View {
        beforeAfter, ///< T = 1 and the temperature shown, with the interval of each change
        conventions, ///< the same predictions under every convention
        measures,    ///< other calibration errors, and intervals
        classes,     ///< each class against the others
        worstBin,    ///< what makes the MCE
        ways,        ///< ways to recalibrate
    };

    explicit CalibrationDetails(Background& background, QWidget* parent = nullptr);

    /// Adds an item for every view, with the view as its data.
    static void listViews(QComboBox& picker);

    /// Shows `view` of these runs as soon as it is there, with the bins and at the temperature of a request.
    void ask(View view, std::vector<ShownRun> runs, const figure::FigureRequest& request);
    /// Forgets what it was asked.
    void clear();
    [[nodiscard]] const NumbersTable& table() const { return *m_table; }

private:
    Background& m_background;
    NumbersTable* m_table;
    QLabel* m_message;
    QTimer m_staleSoon; ///< greys out numbers of another question
};

} // namespace finescope::widgets
