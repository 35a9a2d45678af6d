#include "app/window/window/open_window.h"

#include "app/window/command/probe_command.h"
#include "app/window/command/utf8_locale.h"
#include "app/window/jobs/demo_study.h"
#include "app/window/window/main_window.h"
#include "app/window/window/paint_report.h"
#include "core/error.h"
#include "core/text/shown.h"
#include "widgets/control/house_style.h"
#include "widgets/control/icon.h"

#include <QApplication>
#include <QDir>
#include <QStandardPaths>

#include <cstdio>

namespace finescope::window {

namespace {

QString toQString(const std::filesystem::path& path) {
    return QString::fromStdU16String(path.u16string());
}

} // namespace

int openWindow(int argc, char** argv, const std::vector<std::filesystem::path>& paths, Report report) {
    try {
        useUtf8Locale();
        QApplication application(argc, argv);
        QApplication::setOrganizationName(QStringLiteral("finescope"));
        QApplication::setApplicationName(QStringLiteral("finescope"));
        QApplication::setApplicationVersion(QStringLiteral(FINESCOPE_VERSION));
        QApplication::setWindowIcon(widgets::applicationIcon());
        QApplication::setStyle(new widgets::HouseStyle);

        QSettings store;
        Settings settings(store);
        widgets::NativePrompts prompts;
        const QString folder = QApplication::applicationDirPath();
        MainWindow window({.settings = settings,
                           .prompts = prompts,
                           .engine = findEngine(folder),
                           .demo = findDemo(folder),
                           .dataFolder = QStandardPaths::writableLocation(QStandardPaths::HomeLocation),
                           .probe = probeCommand()});
        if (report == Report::paints) {
            reportPaints(window);
        }
        QStringList names;
        for (const std::filesystem::path& path : paths) {
            names.append(toQString(path));
        }
        if (!names.isEmpty()) {
            window.open(names);
        }
        window.show();
        return QApplication::exec();
    } catch (const Error& error) {
        std::fprintf(stderr, "finescope: %s\n", text::oneLine(error.what()).c_str());
        return exitStatus(error.kind());
    }
}

} // namespace finescope::window
