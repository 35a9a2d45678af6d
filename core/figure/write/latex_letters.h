#pragma once

#include <string>

namespace finescope::figure {

/// What pdfLaTeX needs for a letter beyond ASCII: its standard set-up knows some as they are, sets others in
/// an encoding of their own, and stops at the rest.
enum class LatexLetter {
    asItIs,
    greek, ///< as latexGreek() says
    t1,
    t2a, ///< in the encoding of that name: Latin and Cyrillic letters
    unknown,
};
[[nodiscard]] LatexLetter latexLetter(char32_t code);

/// A Greek letter in mathematics; "" for another letter.
[[nodiscard]] std::string latexGreek(char32_t code);

} // namespace finescope::figure
