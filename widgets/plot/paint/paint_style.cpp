#include "widgets/plot/paint/paint_style.h"

#include <QFontInfo>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace finescope::widgets {

double PaintStyle::em() const {
    return QFontMetricsF(caption).height();
}

QPen PaintStyle::pen(const RoleStyle& role, double width) const {
    QPen pen(role.colour, width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
    switch (role.dash) { // lengths in pen widths
    case Dash::solid:
        pen.setCapStyle(Qt::RoundCap);
        break;
    case Dash::dotted:
        pen.setDashPattern({1.2, 2.2});
        break;
    case Dash::dash:
        pen.setDashPattern({4, 3});
        break;
    case Dash::longDash:
        pen.setDashPattern({8, 3});
        break;
    case Dash::dashDot:
        pen.setDashPattern({6, 2.5, 1.5, 2.5});
        break;
    case Dash::dashDotDot:
        pen.setDashPattern({6, 2.2, 1.5, 2.2, 1.5, 2.2});
        break;
    }
    return pen;
}

PaintStyle screenStyle(const FigureTheme& theme, const QFont& font) {
    PaintStyle style;
    style.theme = theme;
    const int size = std::max(8, QFontInfo(font).pixelSize());
    style.body = font;
    if (!theme.family.isEmpty()) {
        style.body.setFamily(theme.family);
    }
    style.body.setPixelSize(size);
    style.caption = style.body;
    style.caption.setPixelSize(std::max(8, static_cast<int>(std::lround(0.88 * size))));
    style.heading = style.body;
    style.heading.setWeight(QFont::DemiBold);
    return style;
}

PaintStyle paperStyle(double fontPt) {
    PaintStyle style;
    style.theme = FigureTheme::load(QStringLiteral("print"));
    style.paper = true;
    const auto size = [](double points) { return static_cast<int>(std::lround(points * kUnitsPerPoint)); };
    style.body = QFont(style.theme.family);
    style.body.setStyleHint(QFont::SansSerif);
    style.body.setHintingPreference(QFont::PreferNoHinting);
    style.body.setPixelSize(size(fontPt));
    style.caption = style.body;
    style.caption.setPixelSize(size(0.875 * fontPt));
    style.heading = style.body;
    style.heading.setBold(true);
    style.hairline = 0.5 * kUnitsPerPoint;
    style.line = 1.0 * kUnitsPerPoint;
    style.dense = 0.6 * kUnitsPerPoint;
    style.marker = 0.5 * size(fontPt);
    style.tick = 2.5 * kUnitsPerPoint;
    style.gap = 0.6 * size(fontPt);
    return style;
}

} // namespace finescope::widgets
