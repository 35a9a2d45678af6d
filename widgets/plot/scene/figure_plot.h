#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/paint_style.h"
#include "widgets/plot/scene/figure_layout.h"
#include "widgets/plot/scene/panel_item.h"

#include <qcustomplot.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace finescope::widgets {

/// A figure on a QCustomPlot: what PlotView shows and what the export paints on paper. GUI thread.
class FigurePlot : public QCustomPlot {
    Q_OBJECT

public:
    explicit FigurePlot(const PaintStyle& style, QWidget* parent = nullptr);
    ~FigurePlot() override;

    /// Colours, fonts and lengths anew; needs a replot.
    void setPaintStyle(const PaintStyle& style);
    [[nodiscard]] const PaintStyle& paintStyle() const { return m_style; }

    /// Takes the figure over without painting. Of the same kind and number of panels: in place, keeping what
    /// a person zoomed and hid. Returns whether it was in place.
    bool setFigure(const figure::Figure& figure);
    [[nodiscard]] const figure::Figure& figure() const { return m_figure; }

    [[nodiscard]] const std::vector<std::unique_ptr<PanelItem>>& panels() const { return m_panels; }

    /// The panel whose data area (or whose axes, if `withAxes`) holds the position; nullptr if none.
    [[nodiscard]] PanelItem* panelAt(QPointF position) const;

    /// Panels that share the x axis of this one, itself included.
    [[nodiscard]] std::vector<PanelItem*> linked(const PanelItem* panel) const;

    /// The heat map whose colours the panel is the scale of: the one above it; nullptr for other panels.
    [[nodiscard]] PanelItem* mapOf(const PanelItem& scale) const;

    void goHome();

    /// The figure with the ranges that are shown now, and without what is hidden.
    [[nodiscard]] figure::Figure shownFigure() const;

    /// Legend entry under a position, inside a panel or outside; empty if none.
    [[nodiscard]] QString legendEntryAt(QPointF position) const;
    void toggleHidden(const QString& name);
    [[nodiscard]] const std::set<std::string>& hidden() const { return m_hidden; }

    /// The height that suits the figure at this width, in the units of the paint style.
    [[nodiscard]] double suitableHeight(int width);

    /// Paints the whole figure at a size in the units of the style.
    void paintOn(QCPPainter& painter, QSize size);

Q_SIGNALS:
    /// A figure that shows something is on the surface of the window.
    void painted();

protected:
    void updateLayout() override;
    void paintEvent(QPaintEvent* event) override;

private:
    PaintStyle m_style;
    std::set<std::string> m_hidden;
    figure::Figure m_figure;
    FigureLayout* m_layout = nullptr;
    std::vector<std::unique_ptr<PanelItem>> m_panels;
    bool m_layoutStale = true;
    bool m_drawn = false; ///< the buffers hold a figure with panels
    QSize m_layoutSize;
};

} // namespace finescope::widgets
