#pragma once

#include "widgets/plot/paint/figure_theme.h"

#include <QFont>
#include <QPen>

namespace finescope::widgets {

/// Everything the painting of a figure needs besides the figure: colours, fonts and lengths. Lengths are in
/// the units of the surface: device-independent pixels on the screen, tenths of a point on paper. Fonts are
/// given in the same units (pixel sizes), so that no measure depends on the resolution of any screen.
struct PaintStyle {
    FigureTheme theme;
    QFont heading, body, caption;
    double hairline = 1;
    double line = 1.5;  ///< pen of sparse curves
    double dense = 1;   ///< pen of dense curves (and of everything with more points than half the pixels)
    double marker = 7;  ///< diameter
    double tick = 4;    ///< length
    double gap = 8;     ///< between related things; twice that between panels
    bool paper = false; ///< exact coordinates and every point; otherwise decimated and snapped to pixels

    /// Height of a line of caption text: the measure for paddings.
    [[nodiscard]] double em() const;

    /// The pen of a role at a width.
    [[nodiscard]] QPen pen(const RoleStyle& role, double width) const;
};

/// For the screen, from the widget's font.
[[nodiscard]] PaintStyle screenStyle(const FigureTheme& theme, const QFont& font);

/// Tenths of a point on paper.
inline constexpr double kUnitsPerPoint = 10;

/// For paper, with text of `fontPt` points. Uses the theme "print" and nothing of the application's look.
[[nodiscard]] PaintStyle paperStyle(double fontPt);

} // namespace finescope::widgets
