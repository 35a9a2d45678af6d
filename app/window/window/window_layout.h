#pragma once

class QMainWindow;
class QSplitter;

namespace finescope::window {

class Settings;

/// The parts of the window whose sizes the person may change.
struct WindowLayout {
    QMainWindow& window;
    QSplitter& columns; ///< runs, page, options
    QSplitter& rows;    ///< all that, jobs
};

/// As designed for the window's size.
void resetLayout(const WindowLayout& layout);
/// As it was left, else as designed for 1280 x 800.
void restoreLayout(const WindowLayout& layout, const Settings& settings);
void saveLayout(const WindowLayout& layout, Settings& settings);

} // namespace finescope::window
