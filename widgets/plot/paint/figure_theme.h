#pragma once

#include "core/figure/figure.h"

#include <QColor>
#include <QHash>
#include <QString>

namespace finescope::widgets {

enum class Dash { solid, dotted, dash, longDash, dashDot, dashDotDot };
enum class Marker { none, triangle, circle, square, diamond, cross };

/// How a role is drawn: look.md, Colours of methods.
struct RoleStyle {
    QColor colour;
    Dash dash = Dash::solid;
    Marker marker = Marker::none;
    bool filledMarker = false;
    double fill = 0.30; ///< opacity of areas filled with the colour
};

/// Colours and pens of figures: values read from an ini file under resources/themes (light, dark, print).
class FigureTheme {
public:
    /// `name` is "light", "dark" or "print". Throws Error{internal} if the resource is missing or broken.
    [[nodiscard]] static FigureTheme load(const QString& name);

    /// The look of a role; members of one role (`shade` of `shades`) differ by lightness, never by hue. A
    /// role that the theme does not name looks like its role "other".
    [[nodiscard]] RoleStyle role(const figure::Style& style) const;

    QColor background, ink, caption, axis, grid;
    QColor card, cardEdge; ///< of the hover read-out
    QColor accent;         ///< of what is selected or active
    QString family;        ///< font family of figures; empty: the widget's

private:
    QHash<QString, RoleStyle> m_roles;
    bool m_shadesGoDarker = true;
};

} // namespace finescope::widgets
