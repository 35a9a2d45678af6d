#include "app/window/window/window_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QCoreApplication>
#include <QKeySequence>
#include <QMenu>
#include <QMenuBar>

namespace finescope::window {

namespace {

QString text(const char* words) {
    return QCoreApplication::translate("finescope::window::WindowActions", words);
}

QAction* add(QMenu* menu, const char* name, const char* words, const QKeySequence& keys = {}) {
    QAction* action = menu->addAction(text(words));
    action->setObjectName(QLatin1String(name));
    action->setShortcut(keys);
    return action;
}

QAction* addCheckable(QMenu* menu, const char* name, const char* words) {
    QAction* action = add(menu, name, words);
    action->setCheckable(true);
    return action;
}

} // namespace

WindowActions buildMenus(QMenuBar& bar) {
    WindowActions actions{};
    QMenu* file = bar.addMenu(text("&File"));
    actions.openFiles = add(file, "actionOpenFiles", "&Open Files…", QKeySequence::Open);
    actions.openFolder = add(file, "actionOpenFolder", "Open &Folder…", Qt::CTRL | Qt::SHIFT | Qt::Key_O);
    actions.recent = file->addMenu(text("Open &Recent"));
    actions.openDemo = add(file, "actionOpenDemo", "Open &Demo Study");
    file->addSeparator();
    actions.quit = add(file, "actionQuit", "&Quit", QKeySequence::Quit);

    QMenu* edit = bar.addMenu(text("&Edit"));
    actions.copyFigure = add(edit, "actionCopyFigure", "&Copy Figure", Qt::CTRL | Qt::SHIFT | Qt::Key_C);
    actions.filterRuns = add(edit, "actionFilterRuns", "&Filter Runs", QKeySequence::Find);

    actions.view = bar.addMenu(text("&View"));
    actions.resetView = add(actions.view, "actionResetView", "Reset &Zoom", Qt::CTRL | Qt::Key_0);
    actions.view->addSeparator();
    QMenu* theme = actions.view->addMenu(text("&Theme"));
    actions.themeSystem = addCheckable(theme, "actionThemeSystem", "&Same as System");
    actions.themeLight = addCheckable(theme, "actionThemeLight", "&Light");
    actions.themeDark = addCheckable(theme, "actionThemeDark", "&Dark");
    auto* themes = new QActionGroup(theme);
    for (QAction* each : {actions.themeSystem, actions.themeLight, actions.themeDark}) {
        themes->addAction(each);
    }
    actions.view->addSeparator();
    actions.showRuns = addCheckable(actions.view, "actionShowRuns", "&Runs");
    actions.showOptions = addCheckable(actions.view, "actionShowOptions", "&Options");
    actions.showJobs = addCheckable(actions.view, "actionShowJobs", "&Jobs");
    actions.resetLayout = add(actions.view, "actionResetLayout", "Reset &Layout");

    QMenu* run = bar.addMenu(text("&Run"));
    actions.newRun = add(run, "actionNewRun", "&New Run…", QKeySequence::New);
    actions.runDemo = add(run, "actionRunDemo", "Run the &Demo Again…");
    actions.computeKernel = add(run, "actionComputeKernel", "Compute &Kernel…");
    run->addSeparator();
    actions.cancelJobs = add(run, "actionCancelJobs", "&Cancel All Jobs");

    QMenu* figure = bar.addMenu(text("Fi&gure"));
    actions.exportFigure = add(figure, "actionExportFigure", "&Export Figure…", Qt::CTRL | Qt::Key_E);

    QMenu* help = bar.addMenu(text("&Help"));
    actions.keys = add(help, "actionKeys", "&Keyboard Shortcuts", QKeySequence::HelpContents);
    actions.about = add(help, "actionAbout", "&About finescope");
    return actions;
}

} // namespace finescope::window
