#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/colour_map.h"
#include "widgets/plot/paint/paint_style.h"
#include "widgets/plot/paint/panel_map.h"
#include "widgets/plot/scene/legend.h"

#include <qcustomplot.h>

#include <optional>
#include <set>
#include <string>

namespace finescope::widgets {

/// One panel inside a QCustomPlot: gives the axes of an axis rect their ranges, ticks and looks, and draws
/// the marks. The style and the set of hidden names belong to the plot and outlive the panel. GUI thread.
class PanelItem : public QCPLayerable {
public:
    PanelItem(QCPAxisRect* axisRect, const PaintStyle& style, const std::set<std::string>& hidden);

    /// New content. Ranges that a person changed stay; the others follow the new data.
    void setPanel(const figure::Panel& panel);
    [[nodiscard]] const figure::Panel& panel() const { return m_panel; }

    [[nodiscard]] QCPAxisRect* axisRect() const { return m_axisRect; }
    [[nodiscard]] QCPAxis* xAxis() const { return m_axisRect->axis(QCPAxis::atBottom); }
    [[nodiscard]] QCPAxis* yAxis() const { return m_axisRect->axis(QCPAxis::atLeft); }
    [[nodiscard]] QCPAxis* rightAxis() const { return m_axisRect->axis(QCPAxis::atRight); }

    /// Whether the panel is the scale of a heat map's colours.
    [[nodiscard]] bool isColourScale() const { return m_panel.heatMap && m_panel.heatMap->across; }

    /// Where values are on the surface now.
    [[nodiscard]] PanelMap map(figure::Side side) const;

    /// Ranges set by a person stay over setPanel until goHome.
    void setX(const figure::Range& range);
    void setY(figure::Side side, const figure::Range& range);
    /// Of a heat map or of its scale: the ends of the colours.
    void setColours(const figure::Range& range);
    void forgetColours();
    [[nodiscard]] bool hasOwnColours() const { return m_ownColours.has_value(); }
    void goHome();
    [[nodiscard]] bool atHome() const { return !m_ownX && !m_ownY && !m_ownRight; }

    /// Writes the ranges and the scale that a person chose into a description of this panel.
    void writeView(figure::Panel& panel) const;

    /// Switches the left axis between linear and logarithmic, where the data allow it.
    void toggleLogarithmicY();

    /// Styles again, after the style of the plot changed.
    void restyle();

    /// After a layout: what depends on the room that there is (rotation of category names).
    void fitToRoom();

    /// Where the legend inside the panel stands is chosen anew.
    void forgetLegendPlace() { m_legendPlace.reset(); }
    /// The name in that legend at a place of the surface; "" for none.
    [[nodiscard]] QString legendEntryAt(QPointF position) const;

protected:
    void draw(QCPPainter* painter) override;
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    [[nodiscard]] QRect clipRect() const override;

private:
    [[nodiscard]] bool hasAxesOf(const figure::Panel& panel) const;
    void showMarks();
    void styleAxis(QCPAxis* axis, const figure::Axis& description, figure::Scale scale);
    void applyRanges();
    [[nodiscard]] figure::Scale yScale() const;
    [[nodiscard]] bool shown(const std::string& name) const { return !m_hidden.contains(name); }
    void showHeatMap();
    void drawLegend(QCPPainter& painter);
    void drawHeatMap(QCPPainter& painter, const PanelMap& where);

    QCPAxisRect* m_axisRect;
    const PaintStyle& m_style;
    const std::set<std::string>& m_hidden;
    figure::Panel m_panel;
    bool m_curvesLeave = false; ///< outside the range that the figure gives
    QSize m_styledSize{-1, -1}; ///< of the axis rect when its axes were styled
    std::optional<figure::Range> m_ownX, m_ownY, m_ownRight;
    std::optional<figure::Scale> m_ownYScale;
    std::optional<figure::Range> m_ownColours;
    LegendBlock m_legend;
    std::optional<QPointF> m_legendPlace; ///< relative to the panel's corner
    HeatImage m_heat;
};

} // namespace finescope::widgets
