#pragma once

#include "core/figure/figure.h"
#include "core/figure/write/spreadsheet_name.h"

#include <string>

namespace finescope::figure {

/// A pipe table as GitHub and pandoc read it, with caption above and notes below; emphasised cells in bold.
/// Names are printable(), and spreadsheetName() as `names` says: tables are pasted, too.
[[nodiscard]] std::string markdown(const Table& table, SpreadsheetNames names = SpreadsheetNames::quoted);

} // namespace finescope::figure
