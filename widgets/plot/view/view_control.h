#pragma once

#include "widgets/plot/scene/figure_plot.h"

#include <QPointF>
#include <QRectF>

namespace finescope::widgets {

/// Which axes of a panel a movement is about.
enum class Along { both, x, y };

/// Moving about in a figure: changes ranges of panels, and of those that share their x axis, and paints
/// nothing. On a colour scale it means the colours of its map.
class ViewControl {
public:
    explicit ViewControl(FigurePlot& plot) : m_plot(plot) {}

    /// `factor` < 1 zooms in; the value under `fixed` stays where it is.
    void zoom(PanelItem& panel, QPointF fixed, double factor, Along along);

    /// So that the rectangle fills the panel.
    void zoomTo(PanelItem& panel, const QRectF& rect, Along along);

    /// Moves the content with the mouse, by pixels.
    void pan(PanelItem& panel, QPointF by);

private:
    /// The panel then shows what is now inside this rectangle.
    void show(PanelItem& panel, const QRectF& rect, Along along);

    FigurePlot& m_plot;
};

} // namespace finescope::widgets
