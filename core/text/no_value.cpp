#include "core/text/no_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace finescope::text {

bool isMissingValue(std::string_view text) {
    static constexpr std::string_view kMissing[] = {
        "",        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
        "1.#QNAN", "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null"};
    return std::ranges::find(kMissing, text) != std::end(kMissing);
}

bool saysNoLabel(double number) {
    constexpr double kNone = -1, kIgnored = -100; // the latter is what torch's cross entropy passes over
    return std::isnan(number) || number == kNone || number == kIgnored;
}

bool saysNoLabel(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return true;
    }
    text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
    if (isMissingValue(text) || text == "-" || text == "None") {
        return true;
    }
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc{} && end == text.data() + text.size() && saysNoLabel(number);
}

} // namespace finescope::text
