#include "app/window/window/window_layout.h"

#include "app/window/runs/settings.h"

#include <QMainWindow>
#include <QSplitter>

namespace finescope::window {

namespace {

constexpr QSize kFirstSize(1280, 800);
constexpr int kRunsWidth = 240;
constexpr int kOptionsWidth = 216;
constexpr int kJobsHeight = 120;

} // namespace

void resetLayout(const WindowLayout& layout) {
    const QSize size = layout.window.size();
    layout.columns.setSizes({kRunsWidth, size.width() - kRunsWidth - kOptionsWidth, kOptionsWidth});
    layout.rows.setSizes({size.height() - kJobsHeight, kJobsHeight});
}

void restoreLayout(const WindowLayout& layout, const Settings& settings) {
    layout.window.resize(kFirstSize);
    layout.window.restoreGeometry(settings.bytes(Setting::windowGeometry));
    resetLayout(layout);
    layout.columns.restoreState(settings.bytes(Setting::columnSizes));
    layout.rows.restoreState(settings.bytes(Setting::rowSizes));
}

void saveLayout(const WindowLayout& layout, Settings& settings) {
    settings.set(Setting::windowGeometry, layout.window.saveGeometry());
    settings.set(Setting::columnSizes, layout.columns.saveState());
    settings.set(Setting::rowSizes, layout.rows.saveState());
}

} // namespace finescope::window
