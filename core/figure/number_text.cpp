#include "core/figure/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace finescope::figure {

namespace {

constexpr const char* kMinus = "\u2212";

std::string withMinus(std::string text) {
    if (!text.empty() && text.front() == '-') {
        text.replace(0, 1, kMinus);
    }
    return text;
}

template <typename... Format>
std::string converted(double value, Format... format) {
    std::array<char, 400> buffer{}; // fixed notation of the largest double takes 309 digits before the point
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
    return {buffer.data(), result.ptr};
}

/// Rounding to -0 is shown as 0.
bool isZeroText(const std::string& text) {
    return text.find_first_of("123456789") == std::string::npos;
}

} // namespace

std::string exact(double value) {
    return std::isnan(value) ? "NaN" : converted(value);
}

std::string fixed(double value, int decimals) {
    if (std::isnan(value)) {
        return "NaN";
    }
    std::string text = converted(value, std::chars_format::fixed, decimals);
    if (std::isfinite(value) && text.front() == '-' && isZeroText(text)) {
        text.erase(0, 1);
    }
    return withMinus(text);
}

std::string percent(double fraction, int decimals) {
    return fixed(100 * fraction, decimals) + " %";
}

std::string significant(double value, int digits) {
    if (!std::isfinite(value) || value == 0) {
        return value == 0 ? "0" : fixed(value, 0);
    }
    // Through scientific notation first, so that 9.996 with three digits becomes 10.0 and not 10.00.
    const std::string scientific = converted(value, std::chars_format::scientific, digits - 1);
    const std::size_t mark = scientific.find('e');
    int exponent = 0;
    const char* digitsStart = scientific.data() + mark + (scientific[mark + 1] == '+' ? 2 : 1);
    std::from_chars(digitsStart, scientific.data() + scientific.size(), exponent);
    if (exponent >= -3 && exponent < 5) {
        return fixed(value, std::max(0, digits - 1 - exponent));
    }
    return withMinus(scientific.substr(0, mark)) + "e" + withMinus(std::to_string(exponent));
}

} // namespace finescope::figure
