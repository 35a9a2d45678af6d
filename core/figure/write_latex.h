#pragma once

#include "core/figure/figure.h"

#include <string>

namespace finescope::figure {

/// Text as LaTeX shows it: specials escaped, minus, plus-minus, arrow and dash as commands, "8.14e4" as a
/// power of ten.
[[nodiscard]] std::string latexText(const std::string& text);

/// A table float with booktabs rules (needs \usepackage{booktabs}); notes go below the rules.
[[nodiscard]] std::string latex(const Table& table);

} // namespace finescope::figure
