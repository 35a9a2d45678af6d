#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>
#include <QVariant>

namespace finescope::window {

/// Everything the window remembers between starts. The table in settings.cpp gives each its name and default.
enum class Setting {
    windowGeometry,
    columnSizes, ///< runs, page, options
    rowSizes,    ///< pages, jobs
    currentPage,
    theme, ///< "system", "light" or "dark"
    recentFiles,
    openFolder, ///< where the last open or save dialog was
    exportFolder,
    exportPreset,
    exportWidthMm,
    exportFontPt,
    modelFolder, ///< what New run... offers
    dataFolder,
    outputFolder,
    parallelJobs,
};

/// Typed access to a settings store that somebody else owns. A value of another type than the default's
/// counts as absent. GUI thread.
class Settings {
public:
    explicit Settings(QSettings& store) : m_store(store) {}

    [[nodiscard]] QString text(Setting setting) const { return value(setting).toString(); }
    [[nodiscard]] double number(Setting setting) const { return value(setting).toDouble(); }
    [[nodiscard]] int integer(Setting setting) const { return value(setting).toInt(); }
    [[nodiscard]] QByteArray bytes(Setting setting) const { return value(setting).toByteArray(); }
    [[nodiscard]] QStringList texts(Setting setting) const { return value(setting).toStringList(); }

    void set(Setting setting, const QVariant& value);
    /// Puts these files and folders first among the recent ones; the oldest beyond ten are forgotten.
    void rememberFiles(const QStringList& paths);

private:
    [[nodiscard]] QVariant value(Setting setting) const;
    QSettings& m_store;
};

} // namespace finescope::window
