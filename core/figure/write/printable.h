#pragma once

#include "core/figure/figure.h"

#include <string>
#include <string_view>

namespace finescope::figure {

/// Text that every format can hold: control characters and separators of lines are spaces; what is not UTF-8,
/// and code points that no character has in XML, are U+FFFD. Other characters stay as they are.
[[nodiscard]] std::string printable(std::string_view text);

/// The same of every name, heading, note and label of a figure.
[[nodiscard]] Figure printable(Figure figure);

/// The same of every name and cell of a table.
[[nodiscard]] Table printable(Table table);

} // namespace finescope::figure
