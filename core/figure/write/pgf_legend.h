#pragma once

#include "core/figure/figure.h"
#include "core/figure/write/write_pgfplots.h"

#include <cstddef>

namespace finescope::figure {

inline constexpr double kMmPerPt = 25.4 / 72.27; ///< of TeX's points

/// A band that no line shares its name with has an entry of its own in the legend.
[[nodiscard]] bool hasOwnEntry(const Panel& panel, const Band& band);

/// The entries of a legend below its panel.
struct PgfLegendGrid {
    int columns = 1, rows = 1;
};
/// As many entries to a row as there is room for, by the longest name: up to the next legend below a panel of
/// the same row, else up to the end of the row.
[[nodiscard]] PgfLegendGrid pgfLegendGrid(const Figure& figure, std::size_t panel, const PgfOptions& options);

} // namespace finescope::figure
