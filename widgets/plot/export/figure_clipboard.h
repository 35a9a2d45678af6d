#pragma once

#include "core/figure/figure.h"
#include "widgets/plot/paint/paint_style.h"

#include <QSize>

class QMimeData;

namespace finescope::widgets {

/// The figure for the clipboard: an image at twice the pixels of the screen, SVG with text as outlines, and
/// the numbers as tab-separated text, in one object. The image has the look of the screen, the SVG that of
/// paper. The caller owns it.
[[nodiscard]] QMimeData* clipboardData(const figure::Figure& figure, QSize size, const PaintStyle& style);

/// The numbers of all marks in long form, one point per line: panel, mark, x, y and, for bands and bars, the
/// other edge.
[[nodiscard]] QString tabSeparated(const figure::Figure& figure);

} // namespace finescope::widgets
