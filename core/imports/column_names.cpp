#include "core/imports/column_names.h"

#include "core/imports/names.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace finescope::imports {

namespace {

constexpr std::size_t kLongestBeginning = 100; // of a name that is cut; keeps the work for each name bounded

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<std::int64_t> integer(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return problem == std::errc{} && end == digits.data() + digits.size() ? std::optional(value)
                                                                          : std::nullopt;
}

} // namespace

bool isSeparator(char c) {
    return c == '_' || c == '-' || c == '.' || c == ' ' || c == ':' || c == '[' || c == ']' || c == '(' ||
           c == ')';
}

std::string withoutSeparators(std::string_view text) {
    while (!text.empty() && isSeparator(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ']' || text.back() == ')')) {
        text.remove_suffix(1);
    }
    return std::string(text);
}

std::optional<NameCut> cutBeforeLabel(const std::string& name, const std::set<std::string>& labels) {
    for (std::size_t end = 1; end < std::min(name.size(), kLongestBeginning); ++end) {
        if (!isSeparator(name[end])) {
            continue;
        }
        std::string ending = withoutSeparators(std::string_view(name).substr(end));
        if (labels.contains(ending)) {
            return NameCut{name.substr(0, end), std::move(ending)};
        }
    }
    return std::nullopt;
}

std::optional<NumberedName> cutBeforeNumber(std::string_view name) {
    while (!name.empty() && (name.back() == ']' || name.back() == ')')) {
        name.remove_suffix(1);
    }
    std::size_t digits = name.size();
    while (digits > 0 && isDigit(name[digits - 1])) {
        --digits;
    }
    const auto number = integer(name.substr(digits));
    if (!number) {
        return std::nullopt;
    }
    name = name.substr(0, digits);
    while (!name.empty() && isSeparator(name.back())) {
        name.remove_suffix(1);
    }
    return NumberedName{std::string(name), *number};
}

std::optional<std::int64_t> classNumber(std::string_view ending) {
    const std::string words = normalised(ending);
    std::string_view rest = words;
    for (const std::string_view word : {"class_", "label_", "c_"}) {
        if (rest.starts_with(word)) {
            rest.remove_prefix(word.size());
            break;
        }
    }
    return integer(rest);
}

std::optional<std::int64_t> wholeNumber(double value) {
    constexpr double kLargest = 9e15; // doubles hold every whole number up to here
    return std::abs(value) <= kLargest && value == std::floor(value)
               ? std::optional(static_cast<std::int64_t>(value))
               : std::nullopt;
}

std::optional<std::int64_t> wholeNumber(std::string_view text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data(), end, value);
    return problem == std::errc{} && stopped == end ? wholeNumber(value) : std::nullopt;
}

} // namespace finescope::imports
