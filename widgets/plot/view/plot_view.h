#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/figure_theme.h"

#include <QPoint>
#include <QPointF>
#include <QWidget>

#include <memory>

class QMenu;

namespace finescope::widgets {

class FigurePlot;
class OverlayItem;
class PanelItem;

/// Shows a Figure. Wheel zooms (Ctrl: x only, Shift: y only), dragging zooms to a box, dragging with the
/// middle button or Shift pans, a double click resets; on the scale of a heat map's colours they move its
/// ends. A click on a legend entry hides what it names. Keys: arrows pan, + and - zoom, Home resets, L
/// switches the y axis to logarithmic and back.
class PlotView : public QWidget {
    Q_OBJECT
public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    void setTheme(const FigureTheme& theme);

    /// Keeps zoom and hidden entries when kind, columns and panel count stay the same; then it is cheap
    /// enough for every event of a slider: painting waits for the event loop, so a burst of calls paints
    /// once.
    void setFigure(const figure::Figure& figure);
    [[nodiscard]] const figure::Figure& figure() const;

    /// The figure as it is shown now: zoomed ranges written into its axes, hidden marks left out. What an
    /// export of "what I see" wants.
    [[nodiscard]] figure::Figure shownFigure() const;

    void resetView();

    /// The height in pixels that suits the figure at a width: square panels square, headers, axes and legends
    /// as they need it.
    [[nodiscard]] int suitableHeight(int width);

    /// Puts the figure on the clipboard as image, SVG and tab-separated data at once.
    void copyToClipboard() const;

    /// Copy, Reset zoom, Export...; the caller owns it.
    [[nodiscard]] QMenu* createContextMenu();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// Asked for at this place of the screen. While nobody is connected, the view shows createContextMenu()
    /// itself.
    void contextMenuRequested(QPoint globalPosition);
    void exportRequested();
    /// A figure that shows something was painted onto the surface of the window, once or again.
    void painted();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    enum class Drag { none, box, pan };

    void repaintPlot();
    void repaintOverlay();
    void restyle();
    void endDrag();
    [[nodiscard]] PanelItem* nearestPanel(QPointF position) const;

    FigureTheme m_theme;
    FigurePlot* m_plot;
    std::unique_ptr<OverlayItem> m_overlay;
    Drag m_drag = Drag::none;
    PanelItem* m_dragPanel = nullptr;
    QPointF m_pressedAt, m_lastAt;
};

} // namespace finescope::widgets
