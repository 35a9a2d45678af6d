#pragma once

#include <QString>

class QWidget;

namespace finescope::window {

/// What the keys do, as rich text.
[[nodiscard]] QString keysText();
/// What this is, with the versions of what it stands on, as rich text.
[[nodiscard]] QString aboutText();

/// Shows such a text in a dialog of its own that does not block the window.
void showHelp(QWidget& parent, const QString& title, const QString& text);

} // namespace finescope::window
