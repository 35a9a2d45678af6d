#pragma once

#include "widgets/plot/scene/figure_plot.h"
#include "widgets/plot/scene/reading.h"

#include <optional>

namespace finescope::widgets {

/// What follows the mouse: cross-hair, read-out card, the same x in linked panels and the same sample in all,
/// the rubber band of a zoom.
/// Lives on the plot's own overlay layer, so that moving the mouse repaints nothing else.
class OverlayItem : public QCPLayerable {
public:
    explicit OverlayItem(FigurePlot& plot);

    void setCursor(std::optional<QPointF> position);
    void setBand(std::optional<QRectF> band) { m_band = band; }

    [[nodiscard]] std::optional<QPointF> cursor() const { return m_cursor; }

    /// A ring around the plot, for who came here with the keyboard.
    void setFocusRing(bool shown) { m_focusRing = shown; }

protected:
    void draw(QCPPainter* painter) override;
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;

private:
    void drawSampleEverywhere(QCPPainter& painter, const PanelItem* pointedAt, std::int64_t sample) const;
    void drawCard(QCPPainter& painter, const ReadOut& out, const QRectF& panel, const QRectF& all,
                  QPointF cursor) const;

    FigurePlot& m_plot;
    std::optional<QPointF> m_cursor;
    std::optional<QRectF> m_band;
    bool m_focusRing = false;
};

} // namespace finescope::widgets
