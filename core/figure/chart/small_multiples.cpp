#include "core/figure/chart/small_multiples.h"

#include "core/figure/data_range.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <ranges>

namespace finescope::figure {

namespace {

bool isDrawn(const Panel& panel) {
    return !panel.blank && panel.emptyText.empty();
}

/// One range of x for the panels of a column, so that the numbers below the lowest hold for all.
void shareRangeOfColumn(Figure& figure, std::size_t column) {
    std::optional<Range> shared;
    const auto columns = static_cast<std::size_t>(figure.columns);
    for (std::size_t i = column; i < figure.panels.size(); i += columns) {
        if (isDrawn(figure.panels[i])) {
            const Range own = homeRangeX(figure.panels[i], figure.panels[i].x.scale);
            shared = shared ? Range{std::min(shared->low, own.low), std::max(shared->high, own.high)} : own;
        }
    }
    for (std::size_t i = column; shared && i < figure.panels.size(); i += columns) {
        figure.panels[i].x.range = shared;
    }
}

/// The numbers and the label of x below the lowest panel of a column that is drawn.
void labelColumn(Figure& figure, std::size_t column) {
    const auto columns = static_cast<std::size_t>(figure.columns);
    bool labelled = false;
    const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
    for (std::size_t row = rows; row-- > 0;) {
        const std::size_t i = row * columns + column;
        if (i < figure.panels.size() && isDrawn(figure.panels[i])) {
            figure.panels[i].x.tickLabels = !labelled;
            if (labelled) {
                figure.panels[i].x.label.clear();
            }
            labelled = true;
        }
    }
}

/// Runs of which the panel that has the legend shows nothing: by a line without a point.
void completeLegend(Figure& figure, Panel& below) {
    for (const Panel& panel : figure.panels) {
        for (const Line& line : panel.curves) {
            if (line.legend &&
                std::ranges::find(below.curves, line.name, &Line::name) == below.curves.end()) {
                Line entry{.name = line.name, .style = line.style};
                entry.markers = line.markers;
                entry.x = {line.x.front()};
                entry.y = {std::numeric_limits<double>::quiet_NaN()};
                below.curves.push_back(std::move(entry));
            }
        }
    }
}

} // namespace

void layOutSmallMultiples(Figure& figure) {
    const std::size_t count = figure.panels.size();
    const std::size_t columns = count == 1 ? 1 : count <= 4 ? 2 : 3;
    figure.columns = static_cast<int>(columns);
    figure.panels[(count - 1) / columns * columns].legend = Legend::below;
}

void joinPanels(Figure& figure) {
    const auto columns = static_cast<std::size_t>(figure.columns);
    for (Panel& panel : figure.panels) {
        if (figure.panels.size() > 1) { // small panels have no room for more, and the switch is marked
            panel.x.label = panel.x.label.substr(0, panel.x.label.find(" ("));
        }
    }
    for (Panel& panel : figure.panels | std::views::drop(1)) {
        for (ReferenceLine& line : panel.references) {
            line.label.clear();
        }
    }
    for (std::size_t column = 0; column < columns; ++column) {
        shareRangeOfColumn(figure, column);
        labelColumn(figure, column);
    }
    // The first of the last row: as wide as the figure.
    Panel& below = figure.panels[(figure.panels.size() - 1) / columns * columns];
    below.legend = Legend::below;
    completeLegend(figure, below);
}

} // namespace finescope::figure
