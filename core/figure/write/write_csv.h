#pragma once

#include "core/figure/figure.h"
#include "core/figure/write/spreadsheet_name.h"

#include <string>

namespace finescope::figure {

/// The data of a figure as tidy CSV, one mark a line, every number with the digits that read back as the same
/// double: panel (from 1), header, mark (line, band, bar, point, reference, cell), series, role, x, y, low,
/// high, left, right, value. Bars: x is the middle, y the top, low the base. Bands: low and high. Heat maps:
/// x and y are column and row of a cell, `value` what it holds. Nothing is rounded, smoothed or left out; a
/// NaN is an empty field. Names are printable(), and spreadsheetName() as `names` says.
[[nodiscard]] std::string csv(const Figure& figure, SpreadsheetNames names = SpreadsheetNames::quoted);

/// A table as CSV: the columns and values of tableData(), numbers as exact() writes them, empty fields for
/// what there is not. Names as above.
[[nodiscard]] std::string csv(const Table& table, SpreadsheetNames names = SpreadsheetNames::quoted);

} // namespace finescope::figure
