#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/panel_map.h"

#include <QPointF>
#include <QString>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace finescope::widgets {

/// One line of the read-out under the cursor.
struct Reading {
    QString name;
    figure::Style style;
    QString text;                         ///< the value as shown
    double value = 0;                     ///< what the lines are sorted by
    QPointF at;                           ///< the recorded point on the surface
    std::optional<std::int64_t> sample{}; ///< that the point is (Scatter::samples)
};

struct ReadOut {
    QString heading;               ///< the position on the x axis
    std::vector<Reading> readings; ///< largest value first
    double snappedX = 0;    ///< surface x of the nearest recorded point; the cursor's own if there is none
    bool namesAxis = false; ///< the heading says what it is a position on, although the axis has no label
};

/// What the marks of a panel say at a position of the surface. Values are those of the nearest recorded
/// points: nothing is interpolated. Curves that end before the cursor, names in `hidden`, lines of reference
/// and whiskers say nothing; a bar with a note says it instead of its name. Of points that are samples, only
/// the nearest counts: one sample is pointed at; beside them curves say nothing.
[[nodiscard]] ReadOut readOut(const figure::Panel& panel, const PanelMap& left, const PanelMap& right,
                              QPointF cursor, const std::set<std::string>& hidden);

/// What the panel says of a sample that is pointed at in this or another one, at each of its points.
[[nodiscard]] std::vector<Reading> readingsOf(const figure::Panel& panel, const PanelMap& left,
                                              std::int64_t sample, const std::set<std::string>& hidden);

} // namespace finescope::widgets
