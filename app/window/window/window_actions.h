#pragma once

class QAction;
class QMenu;
class QMenuBar;

namespace finescope::window {

/// The actions of the menus, made once. All belong to the menu bar's window; whoever asked connects them.
struct WindowActions {
    QAction *openFiles, *openFolder, *openDemo, *quit;
    QMenu* recent;
    QAction *copyFigure, *filterRuns;
    QAction *themeSystem, *themeLight, *themeDark, *resetView, *resetLayout, *showRuns, *showOptions,
        *showJobs;
    QAction *newRun, *computeKernel, *runDemo, *cancelJobs;
    QAction* exportFigure;
    QAction *keys, *about;
    QMenu* view;
};

/// Fills the menu bar: File, Edit, View, Run, Figure, Help, each with its shortcuts and object names.
[[nodiscard]] WindowActions buildMenus(QMenuBar& bar);

} // namespace finescope::window
