#pragma once

#include "core/figure/feature_figures.h"
#include "widgets/page/background.h"
#include "widgets/page/page.h"

#include <QHash>

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
    using Entries = std::vector<figure::FeatureEntry>;
    [[nodiscard]] std::vector<std::string> shownSplits() const;
    void listSplits(const Entries& entries);
    void draw();

    Background& m_background;
    PlotView* m_plot;
    QComboBox* m_split;
    QComboBox* m_spread;
    QHash<QString, Entries> m_known; ///< by what the features of a run depend on
    bool m_shown = false;
};

} // namespace finescope::widgets
