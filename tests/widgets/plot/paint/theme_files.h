#pragma once

#include <QDir>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace finescope::tests {

/// The names of the themes in the sources: "dark", ...
inline QStringList themeNames() {
    QStringList names;
    for (const QString& file : QDir(QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/themes"))
                                   .entryList({QStringLiteral("*.ini")}, QDir::Files, QDir::Name)) {
        names << file.chopped(4);
    }
    return names;
}

inline QString themeFile(const QString& name) {
    return QStringLiteral(FINESCOPE_SOURCE_DIR "/resources/themes/%1.ini").arg(name);
}

/// All keys of a theme, sorted: "ft/colour", ...
inline QStringList themeKeys(const QString& name) {
    QStringList keys = QSettings(themeFile(name), QSettings::IniFormat).allKeys();
    keys.sort();
    return keys;
}

/// The roles that a theme names, sorted.
inline QStringList themeRoles(const QString& name) {
    QStringList roles = QSettings(themeFile(name), QSettings::IniFormat).childGroups();
    roles.removeAll(QStringLiteral("figure"));
    roles.sort();
    return roles;
}

} // namespace finescope::tests
