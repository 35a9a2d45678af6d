#pragma once

#include "widgets/dialog/prompts.h"

#include <QString>

class QWidget;

namespace finescope::window {

/// What the keys do, as rich text.
[[nodiscard]] QString keysText();
/// What this is, with the versions of what it stands on, as rich text.
[[nodiscard]] QString aboutText();

/// Whether running jobs go on when the window is closed: first lets them, second cancels them.
[[nodiscard]] widgets::Prompts::Question closingQuestion();

/// Shows such a text in a dialog of its own that does not block the window.
void showHelp(QWidget& parent, const QString& title, const QString& text);

} // namespace finescope::window
