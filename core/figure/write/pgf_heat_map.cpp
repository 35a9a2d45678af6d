#include "core/figure/write/pgf_heat_map.h"

#include "core/figure/number_text.h"

#include <cmath>
#include <vector>

namespace finescope::figure {

namespace {

/// Where in its row or column the centres of a cell's pieces lie: pgfplots makes an image of a matrix only if
/// it has two rows and two columns at least, so that a single one counts twice.
std::vector<double> centres(std::int64_t count) {
    return count == 1 ? std::vector{0.25, 0.75} : std::vector{0.5};
}

/// x of a place in the columns 0..columns.
double acrossAxis(const Panel& panel, double column) {
    const HeatMap& map = *panel.heatMap;
    if (!map.across) {
        return column;
    }
    const double part = column / static_cast<double>(map.cells->columns);
    return panel.x.scale == Scale::logarithmic
               ? map.across->low * std::pow(map.across->high / map.across->low, part)
               : map.across->low + part * (map.across->high - map.across->low);
}

} // namespace

std::string pgfHeatMap(const Panel& panel) {
    if (!panel.heatMap) {
        return {};
    }
    const HeatMap& map = *panel.heatMap;
    const HeatCells& cells = *map.cells;
    const Range range = colourRange(map);
    const std::vector<double> inRow = centres(cells.columns), inColumn = centres(cells.rows);
    // Colours by their place on the scale, which is all that a logarithmic one needs.
    std::string text = "\\addplot[forget plot, matrix plot*, point meta=explicit, point meta min=" +
                       std::string(map.diverging ? "-1" : "0") + ", point meta max=1, mesh/cols=" +
                       std::to_string(cells.columns * static_cast<std::int64_t>(inRow.size())) +
                       "] coordinates {";
    for (std::int64_t row = 0; row < cells.rows; ++row) {
        for (const double up : inColumn) {
            for (std::int64_t column = 0; column < cells.columns; ++column) {
                const double place = colourPlace(map, range, cells.at(row, column));
                for (const double along : inRow) {
                    text += "(" + exact(acrossAxis(panel, static_cast<double>(column) + along)) + "," +
                            exact(static_cast<double>(row) + up) + ") [" +
                            (std::isnan(place) ? "nan" : exact(place)) + "]";
                }
            }
        }
    }
    return text + "};\n";
}

} // namespace finescope::figure
