#pragma once

#include "core/figure/figure.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace finescope::figure {

/// A table as data: one thing in each column, numbers at full precision instead of their text.
struct TableData {
    /// Nothing where there is no number or name.
    using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
    std::vector<std::string> columns{};
    std::vector<std::vector<Value>> rows{};
};

/// What a table says, for formats that programs read. Behind a column NAME stand those of what its cells have
/// besides: "NAME before" where an arrow shows a change, "NAME sd" and "NAME n" of means over runs, "NAME
/// low" and "NAME high" of intervals, and "NAME collapsed" where a dagger marks collapsed runs. A column of
/// intervals alone has the last two only. Infinite numbers stay infinite; NaN is nothing.
[[nodiscard]] TableData tableData(const Table& table);

} // namespace finescope::figure
