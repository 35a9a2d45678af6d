#pragma once

#include "core/figure/feature_figures.h"
#include "widgets/page/page.h"
#include "widgets/page/run_results.h"

class QComboBox;

namespace finescope::widgets {

class PlotView;

/// What happened to the features: cosine similarity, difference and Fisher's discriminant ratio per method.
class FeaturePage : public Page {
    Q_OBJECT

public:
    explicit FeaturePage(Background& background, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<PageFigure> exportedFigure() const override;
    void copyFigure() const override;
    void resetView() override;

protected:
    void refresh() override;

private:
    void draw();

    RunResults<figure::FeatureEntry> m_results;
    PlotView* m_plot;
    QComboBox* m_split;
    QComboBox* m_spread;
    bool m_shown = false;
};

} // namespace finescope::widgets
