#pragma once

class QLabel;
class QString;
class QWidget;

namespace finescope::widgets {

class ElidedLabel;

/// A label in the heading size: what names a panel. As high as a field, so that headings with and without one
/// beside them are level.
[[nodiscard]] QLabel* makeHeading(const QString& text, QWidget* parent);

/// A label in the caption size.
[[nodiscard]] QLabel* makeCaption(const QString& text, QWidget* parent);
[[nodiscard]] ElidedLabel* makeElidedCaption(QWidget* parent);

/// The same size for other widgets.
void useCaptionFont(QWidget& widget);

} // namespace finescope::widgets
