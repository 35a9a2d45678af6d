#include "core/figure/write/write_latex.h"

#include "core/figure/write/latex_letters.h"
#include "core/figure/write/printable.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
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

bool isAscii(char letter) {
    return static_cast<unsigned char>(letter) < 0x80;
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

std::string codePoint(char32_t code) {
    std::array<char, 8> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(code), 16).ptr;
    std::string text(digits.data(), end);
    std::ranges::transform(text, text.begin(),
                           [](unsigned char digit) { return static_cast<char>(std::toupper(digit)); });
    return "U+" + std::string(4 - std::min<std::size_t>(4, text.size()), '0') + text;
}

constexpr char32_t kReplacementCharacter = 0xFFFD; // of what is not UTF-8
constexpr std::string_view kLettersCommand = "\\finescopeletters";

std::string_view encodingOf(LatexLetter letter) {
    return letter == LatexLetter::t1 ? "T1" : letter == LatexLetter::t2a ? "T2A" : "none";
}

/// Letters beyond ASCII from byte `at` on, as many as are written alike; passes over them.
std::string lettersAt(std::string_view text, std::size_t& at) {
    const auto take = [text](std::size_t& from) {
        return text::takeCode(text, from).value_or(kReplacementCharacter);
    };
    const char32_t first = take(at);
    const LatexLetter how = latexLetter(first);
    if (how == LatexLetter::greek) {
        return latexGreek(first);
    }
    std::string letters, codes = codePoint(first);
    text::appendUtf8(letters, first);
    if (how == LatexLetter::asItIs) {
        return letters;
    }
    for (std::size_t next = at; next < text.size() && !isAscii(text[next]); at = next) {
        const char32_t code = take(next);
        if (latexLetter(code) != how) {
            break;
        }
        text::appendUtf8(letters, code);
        codes += " " + codePoint(code);
    }
    return std::string(kLettersCommand) + "{" + std::string(encodingOf(how)) + "}{" + letters + "}{" + codes +
           "}";
}

} // namespace

std::string latexText(const std::string& text) {
    const std::string plain = printable(text); // a blank line would end a caption or a cell
    const std::string_view view = plain;
    std::string result;
    for (std::size_t at = 0; at < view.size();) {
        if (const auto [exponent, end] = exponentAt(view, at); end > 0) {
            result += "$\\times 10^{" + exponent + "}$";
            at = end;
            continue;
        }
        const auto replaced = std::ranges::find_if(
            kReplacements, [&](const auto& pair) { return view.substr(at).starts_with(pair.first); });
        if (replaced != kReplacements.end()) {
            result += replaced->second;
            at += replaced->first.size();
        } else if (view.substr(at).starts_with("--")) {
            result += "-{}"; // LaTeX makes one dash of two hyphens
            ++at;
        } else if (!isAscii(view[at])) {
            result += lettersAt(view, at);
        } else {
            result += view[at++];
        }
    }
    return result;
}

std::string latexLetters(const std::string& text) {
    if (text.find(kLettersCommand) == std::string::npos) {
        return {};
    }
    return "% Letters that pdfLaTeX has only in another encoding (Cyrillic: \\usepackage[T2A,T1]{fontenc}), "
           "or by\n"
           "% their number.\n\\protected\\def" +
           std::string(kLettersCommand) +
           "#1#2#3{\\ifdefined\\Umathchar#2\\else\\ifcsname "
           "T@#1\\endcsname{\\fontencoding{#1}\\selectfont#2}\\else\\texttt{#3}\\fi\\fi}\n";
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
    return latexLetters(text) + text + "\\end{table}\n";
}

} // namespace finescope::figure
