#include "widgets/plot/paint/figure_theme.h"

#include "core/error.h"

#include <QFile>
#include <QSettings>

#include <algorithm>
#include <cmath>

// Q_INIT_RESOURCE has to stand outside every namespace; a static library's resources are not linked in
// without it.
static void registerThemes() {
    Q_INIT_RESOURCE(themes);
}

namespace finescope::widgets {

namespace {

const QHash<QString, Dash> kDashes{
    {QStringLiteral("solid"), Dash::solid},      {QStringLiteral("dotted"), Dash::dotted},
    {QStringLiteral("dash"), Dash::dash},        {QStringLiteral("long-dash"), Dash::longDash},
    {QStringLiteral("dash-dot"), Dash::dashDot}, {QStringLiteral("dash-dot-dot"), Dash::dashDotDot},
};

const QHash<QString, Marker> kMarkers{
    {QStringLiteral("none"), Marker::none},       {QStringLiteral("triangle"), Marker::triangle},
    {QStringLiteral("circle"), Marker::circle},   {QStringLiteral("square"), Marker::square},
    {QStringLiteral("diamond"), Marker::diamond}, {QStringLiteral("cross"), Marker::cross},
};

[[noreturn]] void broken(const QString& theme, const QString& key, const QString& found) {
    throw Error(ErrorKind::internal, QStringLiteral("theme %1: %2 is '%3', which is not a valid value")
                                         .arg(theme, key, found)
                                         .toStdString());
}

template <typename Value>
Value named(const QHash<QString, Value>& names, const QSettings& ini, const QString& theme,
            const QString& key) {
    const QString text = ini.value(key).toString();
    if (!names.contains(text)) {
        broken(theme, key, text);
    }
    return names.value(text);
}

QColor colour(const QSettings& ini, const QString& theme, const QString& key) {
    const QString text = ini.value(key).toString();
    const QColor value(text);
    if (!value.isValid()) {
        broken(theme, key, text);
    }
    return value;
}

/// The colour moved along the line to black or white in linear light, which keeps its hue; amount in [0, 1].
QColor shaded(const QColor& base, double amount, bool darker) {
    const auto channel = [&](double encoded) {
        const double linear = std::pow(encoded, 2.2);
        const double moved = darker ? linear * (1 - amount) : linear + (1 - linear) * amount;
        return static_cast<float>(std::pow(moved, 1 / 2.2));
    };
    return QColor::fromRgbF(channel(base.redF()), channel(base.greenF()), channel(base.blueF()));
}

} // namespace

FigureTheme FigureTheme::load(const QString& name) {
    registerThemes();
    const QString path = QStringLiteral(":/themes/%1.ini").arg(name);
    if (!QFile::exists(path)) {
        throw Error(
            ErrorKind::internal,
            QStringLiteral("there is no theme '%1'; expected light, dark or print").arg(name).toStdString());
    }
    const QSettings ini(path, QSettings::IniFormat);
    FigureTheme theme;
    const auto figureColour = [&](const char* key) {
        return colour(ini, name, QStringLiteral("figure/") + QLatin1String(key));
    };
    theme.background = figureColour("background");
    theme.ink = figureColour("ink");
    theme.caption = figureColour("caption");
    theme.axis = figureColour("axis");
    theme.grid = figureColour("grid");
    theme.card = figureColour("card");
    theme.cardEdge = figureColour("cardEdge");
    theme.accent = figureColour("accent");
    theme.family = ini.value(QStringLiteral("figure/family")).toString();
    theme.m_shadesGoDarker = ini.value(QStringLiteral("figure/shade")).toString() == QLatin1String("darker");
    for (const QString& group : ini.childGroups()) {
        if (group == QLatin1String("figure")) {
            continue;
        }
        const QString prefix = group + QLatin1Char('/');
        RoleStyle role;
        role.colour = colour(ini, name, prefix + QLatin1String("colour"));
        role.dash = named(kDashes, ini, name, prefix + QLatin1String("dash"));
        role.marker = named(kMarkers, ini, name, prefix + QLatin1String("marker"));
        role.filledMarker = ini.value(prefix + QLatin1String("filledMarker"), false).toBool();
        role.fill = ini.value(prefix + QLatin1String("fill"), role.fill).toDouble();
        theme.m_roles.insert(group, role);
    }
    if (!theme.m_roles.contains(QStringLiteral("other"))) {
        broken(name, QStringLiteral("role other"), QStringLiteral("(missing)"));
    }
    return theme;
}

RoleStyle FigureTheme::role(const figure::Style& style) const {
    auto found = m_roles.constFind(QString::fromStdString(style.role));
    if (found == m_roles.cend()) {
        found = m_roles.constFind(QStringLiteral("other"));
    }
    if (found == m_roles.cend()) {
        return {ink};
    }
    RoleStyle role = *found;
    if (style.shades > 1) {
        const double along = std::clamp(static_cast<double>(style.shade) / (style.shades - 1), 0.0, 1.0);
        const double furthest = 0.15 * std::min(style.shades, 4); // few keep near their method's colour
        role.colour = shaded(role.colour, furthest * along, m_shadesGoDarker);
    }
    return role;
}

} // namespace finescope::widgets
