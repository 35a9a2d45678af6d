#pragma once

#include <QPalette>

namespace finescope::window {

/// The window's own colours, with Qt's Fusion style. The background of figures is the base colour of each.
[[nodiscard]] QPalette lightPalette();
[[nodiscard]] QPalette darkPalette();

/// Whether text is lighter than what it stands on: how Qt 6.4 can tell that the desktop is dark.
[[nodiscard]] bool isDark(const QPalette& palette);

} // namespace finescope::window
