#include "core/figure/write/write_csv.h"

#include "core/figure/chart/table_data.h"
#include "core/figure/number_text.h"
#include "core/figure/write/printable.h"

#include <cmath>
#include <limits>
#include <vector>

namespace finescope::figure {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// RFC 4180; semicolons and tabs, too, are field separators somewhere.
std::string quoted(const std::string& text) {
    if (text.find_first_of(",;\t\"\r\n") == std::string::npos) {
        return text;
    }
    std::string result = "\"";
    for (const char letter : text) {
        result += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return result + "\"";
}

std::string nameField(const std::string& name, SpreadsheetNames names) {
    return quoted(spreadsheetName(printable(name), names));
}

std::string valueField(const TableData::Value& value, SpreadsheetNames names) {
    if (const auto* words = std::get_if<std::string>(&value)) {
        return nameField(*words, names);
    }
    if (const auto* number = std::get_if<double>(&value)) {
        return exact(*number);
    }
    if (const auto* count = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*count);
    }
    const auto* yes = std::get_if<bool>(&value);
    return yes == nullptr ? "" : *yes ? "true" : "false";
}

/// The columns after series and role; NaN stays empty.
struct NumberColumns {
    double x = kNaN, y = kNaN, low = kNaN, high = kNaN, left = kNaN, right = kNaN, value = kNaN;
};

class Lines {
public:
    Lines(std::size_t panel, const std::string& header, SpreadsheetNames names)
        : m_names(names), m_start(std::to_string(panel) + "," + nameField(header, names) + ",") {}

    void add(const char* mark, const std::string& series, const std::string& role,
             const NumberColumns& numbers) {
        m_text += m_start + mark + "," + nameField(series, m_names) + "," + nameField(role, m_names);
        for (const double number :
             {numbers.x, numbers.y, numbers.low, numbers.high, numbers.left, numbers.right, numbers.value}) {
            m_text += ",";
            m_text += std::isnan(number) ? "" : exact(number);
        }
        m_text += "\n";
    }

    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    SpreadsheetNames m_names;
    std::string m_start, m_text;
};

std::string panelLines(const Panel& panel, std::size_t number, SpreadsheetNames names) {
    Lines lines(number, panel.header, names);
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
        NumberColumns numbers;
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

std::string csv(const Figure& figure, SpreadsheetNames names) {
    std::string text = "panel,header,mark,series,role,x,y,low,high,left,right,value\n";
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
        text += panelLines(figure.panels[i], i + 1, names);
    }
    return text;
}

std::string csv(const Table& table, SpreadsheetNames names) {
    const TableData data = tableData(table);
    std::string text;
    for (std::size_t column = 0; column < data.columns.size(); ++column) {
        text += (column > 0 ? "," : "") + nameField(data.columns[column], names);
    }
    text += "\n";
    for (const auto& row : data.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            text += (column > 0 ? "," : "") + valueField(row[column], names);
        }
        text += "\n";
    }
    return text;
}

} // namespace finescope::figure
