#pragma once

#include "core/figure/figure.h"

#include <string>

namespace finescope::figure {

/// Text as LaTeX shows it: specials escaped, minus, plus-minus, arrow and dash as commands, "8.14e4" as a
/// power of ten, Greek letters in mathematics. Letters that pdfLaTeX has in other encodings only, and those
/// that it does not have, stand in a command that latexLetters() defines.
[[nodiscard]] std::string latexText(const std::string& text);

/// What a document has to hold before a text that is made of latexText(): the definition of its command for
/// letters, and "" if `text` does not use it. The command sets its letters in XeLaTeX and LuaLaTeX, and in
/// pdfLaTeX where the encoding is loaded; else it writes their code points, so that everything compiles.
[[nodiscard]] std::string latexLetters(const std::string& text);

/// A table float with booktabs rules (needs \usepackage{booktabs}); notes go below the rules.
[[nodiscard]] std::string latex(const Table& table);

} // namespace finescope::figure
