#include "core/figure/write_markdown.h"

namespace finescope::figure {

namespace {

std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '|' || letter == '*' || letter == '_' || letter == '\\' || letter == '`') {
            result += '\\';
        }
        result += letter == '\n' ? ' ' : letter;
    }
    return result;
}

} // namespace

std::string markdown(const Table& table) {
    std::string text = escaped(table.caption) + "\n\n|";
    std::string rule = "|";
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        bool numeric = false;
        for (const auto& row : table.rows) {
            numeric = numeric || row[column].value.has_value();
        }
        text += " " + escaped(table.columns[column]) + " |";
        rule += numeric ? " ---: |" : " --- |";
    }
    text += "\n" + rule + "\n";
    for (const auto& row : table.rows) {
        text += "|";
        for (const Cell& cell : row) {
            const std::string words = escaped(cell.text);
            text += " " + (cell.emphasised ? "**" + words + "**" : words) + " |";
        }
        text += "\n";
    }
    for (const std::string& note : table.notes) {
        text += "\n" + escaped(note) + "\n";
    }
    return text;
}

} // namespace finescope::figure
