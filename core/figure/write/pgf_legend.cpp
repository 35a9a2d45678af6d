#include "core/figure/write/pgf_legend.h"

#include <algorithm>
#include <string>

namespace finescope::figure {

namespace {

/// mm.
double roomFor(const Figure& figure, std::size_t panel, const PgfOptions& options) {
    const auto columns = static_cast<std::size_t>(std::max(1, figure.columns));
    std::size_t end = panel + 1;
    while (end % columns != 0 &&
           (end >= figure.panels.size() || figure.panels[end].legend != Legend::below)) {
        ++end;
    }
    return options.widthMm * static_cast<double>(end - panel) / static_cast<double>(columns);
}

} // namespace

bool hasOwnEntry(const Panel& panel, const Band& band) {
    return !band.name.empty() &&
           std::ranges::find(panel.curves, band.name, &Line::name) == panel.curves.end();
}

PgfLegendGrid pgfLegendGrid(const Figure& figure, std::size_t index, const PgfOptions& options) {
    const Panel& panel = figure.panels[index];
    int entries = 0;
    std::size_t longest = 0;
    const auto count = [&](const std::string& name, bool shown) {
        entries += shown ? 1 : 0;
        longest = std::max(longest, shown ? name.size() : 0);
    };
    for (const Line& line : panel.curves) {
        count(line.name, line.legend && !line.x.empty());
    }
    for (const Band& band : panel.bands) {
        count(band.name, hasOwnEntry(panel, band));
    }
    for (const Bars& bars : panel.bars) {
        count(bars.name, bars.legend);
    }
    for (const Scatter& scatter : panel.scatters) {
        count(scatter.name, scatter.legend && !scatter.name.empty());
    }
    constexpr double kSample = 3.2, kCharacter = 0.55; // em
    const double width = (kSample + kCharacter * static_cast<double>(longest)) * options.fontPt * kMmPerPt;
    const int columns = std::max(1, static_cast<int>(roomFor(figure, index, options) / width));
    return {columns, (entries + columns - 1) / columns};
}

} // namespace finescope::figure
