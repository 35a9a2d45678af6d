#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/panel_map.h"

#include <QPointF>
#include <QString>

#include <set>
#include <string>
#include <vector>

namespace finescope::widgets {

/// One line of the read-out under the cursor.
struct Reading {
    QString name;
    figure::Style style;
    QString text;     ///< the value as shown
    double value = 0; ///< what the lines are sorted by
    QPointF at;       ///< the recorded point on the surface
};

struct ReadOut {
    QString heading;               ///< the position on the x axis
    std::vector<Reading> readings; ///< largest value first
    double snappedX = 0; ///< surface x of the nearest recorded point; the cursor's own if there is none
};

/// What the marks of a panel say at a position of the surface. Values are those of the nearest recorded
/// points: nothing is interpolated. Curves that end before the cursor and names in `hidden` say nothing.
[[nodiscard]] ReadOut readOut(const figure::Panel& panel, const PanelMap& left, const PanelMap& right,
                              QPointF cursor, const std::set<std::string>& hidden);

} // namespace finescope::widgets
