#include "app/window/open_window.h"

#include <QApplication>
#include <QMainWindow>

namespace finescope::window {

int openWindow(int argc, char** argv, const std::vector<std::filesystem::path>& paths) {
    QApplication application(argc, argv);
    QMainWindow window;
    window.setWindowTitle(QStringLiteral("finescope: %n paths").replace(QStringLiteral("%n"), QString::number(paths.size())));
    window.show();
    return QApplication::exec();
}

} // namespace finescope::window
