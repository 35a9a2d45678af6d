#pragma once

#include "core/figure/figure.h"

#include <string>

namespace finescope::figure {

/// A table as JSON: {"kind", "caption", "columns": names, "rows": a list of values each, "notes"}, columns
/// and values as tableData() has them, a missing one null. JSON knows no infinite numbers: such a one is
/// null, and a note says where.
[[nodiscard]] std::string json(const Table& table);

} // namespace finescope::figure
