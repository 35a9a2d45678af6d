#pragma once

#include "core/figure/figure_request.h"
#include "widgets/page/common/background.h"
#include "widgets/page/common/exact_curves.h"
#include "widgets/page/common/shown_run.h"

#include <QWidget>

#include <functional>
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

    /// Adds an item for everything it can show. Its data is a figure::CurveQuantity; the last, ECE over the
    /// number of bins, has none.
    static void listCurves(QComboBox& picker);

    /// One quantity over the temperature, or "bin-stability", which takes too long for every step of a
    /// slider: it stays as it is until `exact`.
    void show(const figure::FigureRequest& request, const std::vector<ShownRun>& runs, bool exact);

    [[nodiscard]] PlotView& plot() const { return *m_plot; }
    /// What is shown.
    [[nodiscard]] const figure::FigureRequest& request() const { return m_request; }

private:
    void showBinStability(const std::vector<ShownRun>& runs);

    Background& m_background;
    NoteHeading* m_heading;
    PlotView* m_plot;
    ExactCurves m_exact;
    figure::FigureRequest m_request;
    std::function<void()> m_again; ///< shows what was shown last
};

} // namespace finescope::widgets
