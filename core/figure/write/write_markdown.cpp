#include "core/figure/write/write_markdown.h"

#include "core/figure/write/printable.h"

#include <string_view>

namespace finescope::figure {

namespace {

std::string escaped(const std::string& text, SpreadsheetNames names) {
    std::string result;
    for (const char letter : spreadsheetName(text, names)) {
        if (std::string_view("|*_\\`<~$").find(letter) != std::string_view::npos) {
            result += '\\';
        }
        result += letter;
    }
    return result;
}

} // namespace

std::string markdown(const Table& shown, SpreadsheetNames names) {
    const Table table = printable(shown);
    const auto words = [names](const std::string& text) { return escaped(text, names); };
    std::string text = words(table.caption) + "\n\n|";
    std::string rule = "|";
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        bool numeric = false;
        for (const auto& row : table.rows) {
            numeric = numeric || row[column].value.has_value();
        }
        text += " " + words(table.columns[column]) + " |";
        rule += numeric ? " ---: |" : " --- |";
    }
    text += "\n" + rule + "\n";
    for (const auto& row : table.rows) {
        text += "|";
        for (const Cell& cell : row) {
            const std::string shownCell = words(cell.text);
            text += " " + (cell.emphasised ? "**" + shownCell + "**" : shownCell) + " |";
        }
        text += "\n";
    }
    for (const std::string& note : table.notes) {
        text += "\n" + words(note) + "\n";
    }
    return text;
}

} // namespace finescope::figure
