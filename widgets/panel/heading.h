#pragma once

class QLabel;
class QString;
class QWidget;

namespace finescope::widgets {

/// The heading of a panel: the largest of the window's three text sizes.
[[nodiscard]] QLabel* makeHeading(const QString& text, QWidget* parent);

/// A small label above or beside a control, in the window's caption size.
[[nodiscard]] QLabel* makeCaption(const QString& text, QWidget* parent);

} // namespace finescope::widgets
