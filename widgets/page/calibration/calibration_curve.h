#pragma once

#include "core/figure/request/recipe.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/exact_curves.h"
#include "widgets/page/common/shown_run.h"

#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QComboBox;

namespace finescope::widgets {

class NoteHeading;
class PlotView;

/// One number of each run over the temperature, or its ECE over the number of bins.
class CalibrationCurve : public QWidget {
    Q_OBJECT

public:
    explicit CalibrationCurve(Background& background, QWidget* parent = nullptr);

    /// Adds an item for everything it can show.
    static void listCurves(QComboBox& picker);

    /// `item` of the picker, of runs at `temperature` (nullopt: each at its own). ECE over the number of bins
    /// takes too long for every step of a slider: it stays as it is until `exact`.
    void show(int item, const std::vector<ShownRun>& runs, std::optional<double> temperature, int bins,
              bool exact);

    [[nodiscard]] PlotView& plot() const { return *m_plot; }

    /// Turns a request for these runs, split and temperature into one for what is shown.
    void describe(figure::FigureRequest& request) const;

private:
    void showBinStability(const std::vector<ShownRun>& runs, std::optional<double> temperature, int bins);

    Background& m_background;
    NoteHeading* m_heading;
    PlotView* m_plot;
    ExactCurves m_exact;
    int m_item = -1;
    std::function<void()> m_again; ///< shows what was shown last
};

} // namespace finescope::widgets
