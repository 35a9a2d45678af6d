#include "core/figure/write/printable.h"

#include "core/text/utf8.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace finescope::figure {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool isPlainAscii(char letter) {
    return letter >= 0x20 && letter < 0x7F;
}

char32_t printableCode(char32_t code) {
    const bool control = code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
    const bool nobody = (code & 0xFFFEU) == 0xFFFEU || (code >= 0xFDD0 && code <= 0xFDEF);
    return control ? U' ' : nobody ? kReplacement : code;
}

void clean(std::string& text) {
    text = printable(text);
}

void clean(std::vector<std::string>& texts) {
    for (std::string& text : texts) {
        clean(text);
    }
}

/// Lines stay apart.
void cleanLines(std::string& text) {
    std::string lines;
    for (const auto line : std::views::split(text, '\n')) {
        lines += (lines.empty() ? "" : "\n") + printable(std::string_view(line.begin(), line.end()));
    }
    text = std::move(lines);
}

void clean(Axis& axis) {
    clean(axis.label);
    clean(axis.categories);
}

void clean(HeatMap& map) {
    clean(map.label);
    const auto dirty = [](const std::string& name) { return !std::ranges::all_of(name, isPlainAscii); };
    const HeatCells& cells = *map.cells;
    if (std::ranges::any_of(cells.rowNames, dirty) || std::ranges::any_of(cells.columnNames, dirty)) {
        auto copy = std::make_shared<HeatCells>(cells);
        clean(copy->rowNames);
        clean(copy->columnNames);
        map.cells = std::move(copy);
    }
}

void clean(Panel& panel) {
    clean(panel.header);
    clean(panel.lines);
    cleanLines(panel.emptyText);
    clean(panel.x);
    clean(panel.y);
    if (panel.right) {
        clean(*panel.right);
    }
    for (Band& band : panel.bands) {
        clean(band.name);
    }
    for (Bars& bars : panel.bars) {
        clean(bars.name);
        clean(bars.note);
    }
    for (Line& line : panel.curves) {
        clean(line.name);
    }
    for (Scatter& scatter : panel.scatters) {
        clean(scatter.name);
        clean(scatter.note);
    }
    for (ReferenceLine& line : panel.references) {
        clean(line.label);
    }
    if (panel.heatMap) {
        clean(*panel.heatMap);
    }
}

} // namespace

std::string printable(std::string_view text) {
    if (std::ranges::all_of(text, isPlainAscii)) {
        return std::string(text);
    }
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto code = text::takeCode(text, i);
        text::appendUtf8(result, code ? printableCode(*code) : kReplacement);
    }
    return result;
}

Figure printable(Figure figure) {
    clean(figure.title);
    clean(figure.altText);
    clean(figure.notes);
    clean(figure.cautions);
    std::ranges::for_each(figure.panels, [](Panel& panel) { clean(panel); });
    return figure;
}

Table printable(Table table) {
    clean(table.caption);
    clean(table.columns);
    clean(table.notes);
    for (auto& row : table.rows) {
        for (Cell& cell : row) {
            clean(cell.text);
        }
    }
    return table;
}

} // namespace finescope::figure
