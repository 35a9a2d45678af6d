#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace finescope::widgets {

/// An icon of resources/icons, "open" for open.svg, its lines in `ink` (badges keep their own colours); sharp
/// at 16, 24, 32 and 48 pixels. Throws Error{internal} if there is no such icon. GUI thread.
[[nodiscard]] QIcon themedIcon(const QString& name, const QColor& ink);

/// The icon of the application.
[[nodiscard]] QIcon applicationIcon();

} // namespace finescope::widgets
