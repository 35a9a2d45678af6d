#include "app/window/runs/settings.h"

#include <QFileInfo>

namespace finescope::window {

namespace {

constexpr int kRecentFiles = 10;

struct Entry {
    QString name;
    QVariant fallback;
};

Entry entry(Setting setting) {
    switch (setting) {
    case Setting::windowGeometry:
        return {QStringLiteral("window/geometry"), QByteArray()};
    case Setting::columnSizes:
        return {QStringLiteral("window/columns"), QByteArray()};
    case Setting::rowSizes:
        return {QStringLiteral("window/rows"), QByteArray()};
    case Setting::currentPage:
        return {QStringLiteral("window/page"), QStringLiteral("trainingPage")};
    case Setting::theme:
        return {QStringLiteral("window/theme"), QStringLiteral("system")};
    case Setting::recentFiles:
        return {QStringLiteral("files/recent"), QStringList()};
    case Setting::openFolder:
        return {QStringLiteral("files/folder"), QString()};
    case Setting::exportFolder:
        return {QStringLiteral("export/folder"), QString()};
    case Setting::exportPreset:
        return {QStringLiteral("export/preset"), QString()};
    case Setting::exportWidthMm:
        return {QStringLiteral("export/width-mm"), 139.7};
    case Setting::exportFontPt:
        return {QStringLiteral("export/font-pt"), 8.0};
    case Setting::modelFolder:
        return {QStringLiteral("new-run/model"), QString()};
    case Setting::dataFolder:
        return {QStringLiteral("new-run/data"), QString()};
    case Setting::outputFolder:
        return {QStringLiteral("new-run/output"), QString()};
    case Setting::parallelJobs:
        return {QStringLiteral("jobs/parallel"), 2};
    }
    Q_UNREACHABLE();
}

} // namespace

QVariant Settings::value(Setting setting) const {
    const Entry known = entry(setting);
    QVariant stored = m_store.value(known.name, known.fallback);
    // An ini file keeps everything as text: converting back is how a damaged value is recognised.
    return stored.convert(known.fallback.metaType()) ? stored : known.fallback;
}

void Settings::set(Setting setting, const QVariant& value) {
    m_store.setValue(entry(setting).name, value);
}

void Settings::rememberFiles(const QStringList& paths) {
    QStringList recent = texts(Setting::recentFiles);
    for (const QString& path : paths) {
        const QString absolute = QFileInfo(path).absoluteFilePath();
        recent.removeAll(absolute);
        recent.prepend(absolute);
    }
    set(Setting::recentFiles, QStringList(recent.mid(0, kRecentFiles)));
}

} // namespace finescope::window
