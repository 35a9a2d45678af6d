#pragma once

#include <string>

namespace finescope::figure {

/// What happens to names that a spreadsheet would run: names come from files of anybody.
enum class SpreadsheetNames {
    quoted, ///< an apostrophe goes before them
    plain,
};

/// A name as a spreadsheet may open it: one that begins, blanks aside, with =, +, - or @ (also as East Asian
/// full-width characters) is no formula behind an apostrophe. Numbers stay as they are.
[[nodiscard]] std::string spreadsheetName(const std::string& name, SpreadsheetNames names);

} // namespace finescope::figure
