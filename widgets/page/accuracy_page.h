#pragma once

#include "core/figure/accuracy_figures.h"
#include "widgets/page/page.h"
#include "widgets/page/run_results.h"

class QComboBox;

namespace finescope::widgets {

class NumbersTable;
class PlotView;

/// In- and out-of-distribution accuracy per method, mean and spread over seeds, as plot and table.
class AccuracyPage : public Page {
    Q_OBJECT

public:
    explicit AccuracyPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;

protected:
    void refresh() override;

private:
    void draw();

    RunResults<figure::AccuracyEntry> m_results;
    PlotView* m_plot;
    NumbersTable* m_table;
    QComboBox* m_split;
    QComboBox* m_spread;
    bool m_shown = false;
};

} // namespace finescope::widgets
