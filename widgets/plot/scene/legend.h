#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/paint_style.h"
#include "widgets/plot/paint/panel_map.h"

#include <QRectF>
#include <QString>

#include <set>
#include <string>
#include <vector>

class QPainter;

namespace finescope::widgets {

/// One entry: a name with the look of the marks that bear it.
struct LegendEntry {
    QString name;
    figure::Style style;
    bool line = false, markers = false, area = false, point = false;
    figure::Fill fill = figure::Fill::ofRole; ///< of a point
    double size = 1;                          ///< of a point
    QRectF rect;                              ///< relative to the legend, set by arrange
};

/// Entries of a panel in rows that are at most `width` wide; one entry per row when `width` is 0.
class LegendBlock {
public:
    LegendBlock() = default;
    LegendBlock(const figure::Panel& panel, const PaintStyle& style, double width);

    [[nodiscard]] bool empty() const { return m_entries.empty(); }
    [[nodiscard]] QSizeF size() const { return m_size; }
    [[nodiscard]] const std::vector<LegendEntry>& entries() const { return m_entries; }

    /// Names in `hidden` are drawn faintly.
    void paint(QPainter& painter, QPointF topLeft, const PaintStyle& style,
               const std::set<std::string>& hidden) const;

    /// The name of the entry under a position relative to the legend; empty if none.
    [[nodiscard]] QString entryAt(QPointF position) const;

private:
    std::vector<LegendEntry> m_entries;
    QSizeF m_size;
};

/// The corner (or middle of an edge) of the panel where a legend of that size covers least of the marks.
[[nodiscard]] QPointF freePlace(const figure::Panel& panel, const PanelMap& left, const PanelMap& right,
                                QSizeF size, double margin);

} // namespace finescope::widgets
