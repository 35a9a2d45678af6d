#pragma once

#include <QString>

#include <functional>

class QLineEdit;
class QWidget;

namespace finescope::widgets {

/// A line for a path with a button beside it that asks for one. `name` becomes the line's object name, and
/// the button's with "Browse" behind it; `choose` returns what was chosen, empty when the person stepped
/// back.
[[nodiscard]] QWidget* makePathRow(QLineEdit* edit, const QString& name, std::function<QString()> choose,
                                   QWidget* parent);

} // namespace finescope::widgets
