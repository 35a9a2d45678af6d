#include "core/figure/write_csv.h"

#include "core/figure/number_text.h"

#include <cmath>
#include <limits>
#include <vector>

namespace finescope::figure {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string result = "\"";
    for (const char letter : text) {
        result += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return result + "\"";
}

/// The columns after series and role; NaN stays empty.
struct Numbers {
    double x = kNaN, y = kNaN, low = kNaN, high = kNaN, left = kNaN, right = kNaN, value = kNaN;
};

class Lines {
public:
    explicit Lines(std::size_t panel, const std::string& header)
        : m_start(std::to_string(panel) + "," + quoted(header) + ",") {}

    void add(const char* mark, const std::string& series, const std::string& role, const Numbers& numbers) {
        m_text += m_start + mark + "," + quoted(series) + "," + quoted(role);
        for (const double number :
             {numbers.x, numbers.y, numbers.low, numbers.high, numbers.left, numbers.right, numbers.value}) {
            m_text += ",";
            m_text += std::isnan(number) ? "" : exact(number);
        }
        m_text += "\n";
    }

    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_start, m_text;
};

std::string panelLines(const Panel& panel, std::size_t number) {
    Lines lines(number, panel.header);
    for (const Line& line : panel.curves) {
        for (std::size_t i = 0; i < line.x.size(); ++i) {
            lines.add("line", line.name, line.style.role, {.x = line.x[i], .y = line.y[i]});
        }
    }
    for (const Band& band : panel.bands) {
        for (std::size_t i = 0; i < band.x.size(); ++i) {
            lines.add("band", band.name, band.style.role,
                      {.x = band.x[i], .low = band.low[i], .high = band.high[i]});
        }
    }
    for (const Bars& bars : panel.bars) {
        for (std::size_t i = 0; i < bars.left.size(); ++i) {
            lines.add("bar", bars.name, bars.style.role,
                      {.x = (bars.left[i] + bars.right[i]) / 2,
                       .y = bars.top[i],
                       .low = bars.base[i],
                       .left = bars.left[i],
                       .right = bars.right[i]});
        }
    }
    for (const Scatter& scatter : panel.scatters) {
        for (std::size_t i = 0; i < scatter.x.size(); ++i) {
            lines.add("point", scatter.name, scatter.style.role, {.x = scatter.x[i], .y = scatter.y[i]});
        }
    }
    for (const ReferenceLine& reference : panel.references) {
        Numbers numbers;
        (reference.vertical ? numbers.x : numbers.y) = reference.at;
        lines.add("reference", reference.label, reference.style.role, numbers);
    }
    if (panel.heatMap && !panel.heatMap->across) {
        const HeatCells& cells = *panel.heatMap->cells;
        for (std::int64_t row = 0; row < cells.rows; ++row) {
            for (std::int64_t column = 0; column < cells.columns; ++column) {
                lines.add("cell", panel.heatMap->label, "",
                          {.x = static_cast<double>(column),
                           .y = static_cast<double>(row),
                           .value = cells.at(row, column)});
            }
        }
    }
    return lines.text();
}

} // namespace

std::string csv(const Figure& figure) {
    std::string text = "panel,header,mark,series,role,x,y,low,high,left,right,value\n";
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        text += panelLines(figure.panels[i], i + 1);
    }
    return text;
}

std::string csv(const Table& table) {
    std::vector<bool> ofRuns(table.columns.size(), false);
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            ofRuns[column] = ofRuns[column] || row[column].count > 0;
        }
    }
    std::string text;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const std::string name = table.columns[column];
        text += (column > 0 ? "," : "") + quoted(name);
        if (ofRuns[column]) {
            text += "," + quoted(name + " sd") + "," + quoted(name + " n");
        }
    }
    text += "\n";
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const Cell& cell = row[column];
            text += column > 0 ? "," : "";
            if (!ofRuns[column]) {
                text += quoted(cell.text);
                continue;
            }
            text += cell.value ? exact(*cell.value) : "";
            text += "," + (cell.deviation ? exact(*cell.deviation) : "") + ",";
            text += cell.count > 0 ? std::to_string(cell.count) : "";
        }
        text += "\n";
    }
    return text;
}

} // namespace finescope::figure
