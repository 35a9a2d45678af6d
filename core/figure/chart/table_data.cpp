#include "core/figure/chart/table_data.h"

#include "core/figure/chart/collapse.h"

#include <algorithm>
#include <cmath>

namespace finescope::figure {

namespace {

using Value = TableData::Value;

Value numberOf(double value) {
    return std::isnan(value) ? Value{} : Value{value};
}

Value wordsOf(const Cell& cell) {
    return cell.blank ? Value{} : Value{withoutCollapseMark(cell)};
}

/// What the cells of one column hold.
struct Column {
    std::string name;
    bool numbers = false, before = false, ofRuns = false, intervals = false, collapses = false;

    [[nodiscard]] bool intervalsAlone() const { return intervals && !numbers; }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        const auto add = [&](bool has, const char* what) {
            if (has) {
                all.push_back(name + what);
            }
        };
        add(!intervalsAlone(), "");
        add(before, " before");
        add(ofRuns, " sd");
        add(ofRuns, " n");
        add(intervals, " low");
        add(intervals, " high");
        add(collapses, " collapsed");
        return all;
    }

    void append(const Cell& cell, std::vector<Value>& row) const {
        if (numbers) {
            row.push_back(cell.value ? numberOf(*cell.value) : Value{});
        } else if (!intervals) {
            row.push_back(wordsOf(cell));
        }
        if (before) {
            row.push_back(cell.before ? numberOf(*cell.before) : Value{});
        }
        if (ofRuns) {
            row.push_back(cell.deviation ? numberOf(*cell.deviation) : Value{});
            row.push_back(cell.count > 0 ? Value{cell.count} : Value{});
        }
        if (intervals) {
            row.push_back(cell.interval ? numberOf(cell.interval->low) : Value{});
            row.push_back(cell.interval ? numberOf(cell.interval->high) : Value{});
        }
        if (collapses) {
            row.push_back(cell.collapsed);
        }
    }
};

std::vector<Column> columnsOf(const Table& table) {
    std::vector<Column> columns;
    for (const std::string& name : table.columns) {
        columns.push_back({.name = name});
    }
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < std::min(row.size(), columns.size()); ++i) {
            columns[i].numbers = columns[i].numbers || row[i].value.has_value();
            columns[i].before = columns[i].before || row[i].before.has_value();
            columns[i].ofRuns = columns[i].ofRuns || row[i].count > 0;
            columns[i].intervals = columns[i].intervals || row[i].interval.has_value();
            columns[i].collapses = columns[i].collapses || row[i].collapsed;
        }
    }
    return columns;
}

} // namespace

TableData tableData(const Table& table) {
    const std::vector<Column> columns = columnsOf(table);
    TableData data;
    for (const Column& column : columns) {
        std::ranges::move(column.names(), std::back_inserter(data.columns));
    }
    for (const auto& row : table.rows) {
        std::vector<Value>& values = data.rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].append(i < row.size() ? row[i] : Cell{.blank = true}, values);
        }
    }
    return data;
}

} // namespace finescope::figure
