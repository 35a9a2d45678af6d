#include "core/figure/write/spreadsheet_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace finescope::figure {

namespace {

constexpr std::array<std::string_view, 8> kFormulaMarks{"=",      "+",      "-",      "@",
                                                        "\uff1d", "\uff0b", "\uff0d", "\uff20"};

bool isNumber(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

std::string spreadsheetName(const std::string& name, SpreadsheetNames names) {
    const std::size_t begin = std::min(name.find_first_not_of(" \t\r\n"), name.size());
    const std::string_view visible = std::string_view(name).substr(begin);
    const bool runs = std::ranges::any_of(
        kFormulaMarks, [visible](std::string_view mark) { return visible.starts_with(mark); });
    return names == SpreadsheetNames::quoted && runs && !isNumber(visible) ? "'" + name : name;
}

} // namespace finescope::figure
