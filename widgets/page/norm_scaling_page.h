#pragma once

#include "core/figure/norm_scaling_figure.h"
#include "widgets/page/page.h"
#include "widgets/page/run_results.h"

class QCheckBox;
class QComboBox;
class QLabel;

namespace finescope::widgets {

class NumbersTable;
class PlotView;

/// How far the features move against the classifier norm that fine-tuning starts from (PAPER E5).
class NormScalingPage : public Page {
    Q_OBJECT

public:
    explicit NormScalingPage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;

protected:
    void refresh() override;

private:
    void draw();

    RunResults<figure::NormScalingEntry> m_results;
    PlotView* m_plot;
    NumbersTable* m_table;
    QLabel* m_missing; ///< instead of both where no run was scaled
    QComboBox* m_split;
    QComboBox* m_spread;
    QCheckBox* m_logX;
    QCheckBox* m_logY;
    bool m_shown = false;
};

} // namespace finescope::widgets
