#pragma once

#include "core/figure/figure.h"

#include <functional>

class QTableWidget;

namespace finescope::widgets {

/// Gives a table of numbers a context menu that copies all of `table()` as Markdown, LaTeX or CSV, and makes
/// Ctrl+C the first of these.
void addCopying(QTableWidget& widget, std::function<figure::Table()> table);

} // namespace finescope::widgets
