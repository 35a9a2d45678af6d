#pragma once

#include "core/figure/figure.h"

#include <QColor>
#include <QHash>
#include <QString>

namespace finescope::widgets {

/// How a role is drawn: LOOK.md, "Methods have colours, dashes and markers".
struct RoleStyle {
    QColor colour;
    QString dash;    ///< solid, dotted, long-dash, dash-dot, dash-dot-dot
    QString marker;  ///< none, triangle, circle, square, diamond, cross
    bool filledMarker = false;
};

/// Colours and pens of figures: values read from an ini file under resources/themes (light, dark, print).
class FigureTheme {
public:
    /// `name` is "light", "dark" or "print". Throws Error{internal} if the resource is broken.
    [[nodiscard]] static FigureTheme load(const QString& name);

    [[nodiscard]] RoleStyle role(const figure::Style& style) const;

    QColor background, ink, axis, grid;

private:
    QHash<QString, RoleStyle> m_roles;
};

} // namespace finescope::widgets
