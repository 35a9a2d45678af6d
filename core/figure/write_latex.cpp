#include "core/figure/write_latex.h"

#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace finescope::figure {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kReplacements{{
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"$", "\\$"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\textless{}"},
    {">", "\\textgreater{}"},
    {"|", "\\textbar{}"},
    // After the end of a row these two would be taken for its options.
    {"[", "{[}"},
    {"*", "{*}"},
    {"\u2212", "$-$"},
    {"\u00b1", "$\\pm$"},
    {"\u2192", "$\\to$"},
    {"\u221e", "$\\infty$"},
    {"\u2013", "--"},
    {"\u00d7", "$\\times$"},
    {"\u2026", "\\ldots{}"},
    {"\u2020", "$\\dagger$"},
}};

bool isDigit(char letter) {
    return std::isdigit(static_cast<unsigned char>(letter)) != 0;
}

bool isControl(char letter) {
    return static_cast<unsigned char>(letter) < 0x20;
}

constexpr std::string_view kMinus = "\u2212";

/// Whether the digits and points that `text` ends with go on a word: "phase2" is a name, not a number.
bool isPartOfWord(std::string_view text) {
    const std::size_t before = text.find_last_not_of("0123456789.");
    return before != std::string_view::npos &&
           (std::isalpha(static_cast<unsigned char>(text[before])) != 0 || text[before] == '_');
}

/// If an exponent as `significant` writes it ("e4", "e−5") follows a digit at `at`: its digits and where it
/// ends.
std::pair<std::string, std::size_t> exponentAt(std::string_view text, std::size_t at) {
    if (at == 0 || text[at] != 'e' || !isDigit(text[at - 1]) || isPartOfWord(text.substr(0, at))) {
        return {};
    }
    std::size_t end = at + 1;
    std::string exponent;
    if (text.substr(end).starts_with(kMinus)) {
        exponent = "-";
        end += kMinus.size();
    }
    const std::size_t digits = end;
    while (end < text.size() && isDigit(text[end])) {
        exponent += text[end++];
    }
    const bool wordGoesOn = end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0;
    return end > digits && !wordGoesOn ? std::pair(exponent, end) : std::pair(std::string{}, std::size_t{0});
}

} // namespace

std::string latexText(const std::string& text) {
    const std::string_view view = text;
    std::string result;
    for (std::size_t at = 0; at < view.size();) {
        if (const auto [exponent, end] = exponentAt(view, at); end > 0) {
            result += "$\\times 10^{" + exponent + "}$";
            at = end;
            continue;
        }
        std::size_t taken = 1;
        // A blank line would end a caption or a cell.
        std::string_view replacement = isControl(view[at]) ? " " : view.substr(at, 1);
        for (const auto& [from, to] : kReplacements) {
            if (view.substr(at).starts_with(from)) {
                taken = from.size();
                replacement = to;
                break;
            }
        }
        result += replacement;
        at += taken;
    }
    return result;
}

std::string latex(const Table& table) {
    std::string text = "% \\usepackage{booktabs}\n\\begin{table}[t]\n\\centering\n";
    text += "\\caption{" + latexText(table.caption) + "}\n\\label{tab:" + table.kind + "}\n";
    std::string columns;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        bool numeric = false;
        for (const auto& row : table.rows) {
            numeric = numeric || row[column].value.has_value();
        }
        columns += numeric ? 'r' : 'l';
    }
    text += "\\begin{tabular}{" + columns + "}\n\\toprule\n";
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        text += (column > 0 ? " & " : "") + latexText(table.columns[column]);
    }
    text += " \\\\\n\\midrule\n";
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string cell = latexText(row[column].text);
            text += column > 0 ? " & " : "";
            text += row[column].emphasised ? "\\textbf{" + cell + "}" : cell;
        }
        text += " \\\\\n";
    }
    text += "\\bottomrule\n\\end{tabular}\n";
    for (std::size_t i = 0; i < table.notes.size(); ++i) {
        text += (i == 0 ? "\n\\smallskip\n{\\footnotesize " : " ") + latexText(table.notes[i]);
    }
    text += table.notes.empty() ? "" : "}\n";
    return text + "\\end{table}\n";
}

} // namespace finescope::figure
