#include "core/engine/tokenizer/unicode.h"

#include "core/engine/tokenizer/unicode_tables.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace finescope::engine {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

template <typename Range>
const Range* findRange(std::span<const Range> ranges, char32_t code) {
    const auto after = std::ranges::upper_bound(ranges, code, {}, &Range::first);
    if (after == ranges.begin() || std::prev(after)->last < code) {
        return nullptr;
    }
    return &*std::prev(after);
}

} // namespace

std::u32string decodeUtf8(std::string_view text) {
    std::u32string codes;
    codes.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        codes += text::takeCode(text, i).value_or(kReplacement);
    }
    return codes;
}

std::string encodeUtf8(std::u32string_view text) {
    std::string result;
    for (const char32_t code : text) {
        appendUtf8(result, code);
    }
    return result;
}

bool isSpace(char32_t code) {
    if (code < 0x1680) {
        return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0;
    }
    return code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
           code == 0x202F || code == 0x205F || code == 0x3000;
}

bool isLetter(char32_t code) {
    const char32_t folded = code | 0x20;
    return code < 0x80 ? folded >= 'a' && folded <= 'z' : findRange(lettersRanges(), code) != nullptr;
}

bool isNumber(char32_t code) {
    return code < 0x80 ? code >= '0' && code <= '9' : findRange(numbersRanges(), code) != nullptr;
}

bool isPunctuation(char32_t code) {
    return findRange(punctuationRanges(), code) != nullptr;
}
bool isRemoved(char32_t code) {
    return findRange(removedRanges(), code) != nullptr;
}
bool isChinese(char32_t code) {
    return findRange(chineseRanges(), code) != nullptr;
}

std::u32string stripAccents(std::u32string_view text) {
    std::u32string result;
    result.reserve(text.size());
    for (const char32_t code : text) {
        if (code < 0x80) {
            result += code;
            continue;
        }
        // At most 4 code points: the longest canonical decomposition of one.
        std::array<utf8proc_int32_t, 16> parts{};
        int boundary = 0;
        const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), parts.data(),
                                                   parts.size(), UTF8PROC_DECOMPOSE, &boundary);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            const auto part = static_cast<char32_t>(parts[i]);
            if (findRange(accentsRanges(), part) == nullptr) {
                result += part;
            }
        }
    }
    return result;
}

std::u32string toLower(std::u32string_view text) {
    std::u32string result;
    result.reserve(text.size());
    for (const char32_t code : text) {
        constexpr char32_t kDottedI = 0x130;
        if (code == kDottedI) {
            result += U"i\u0307"; // the one code point whose lower case is two
            continue;
        }
        const LowerRange* const range = findRange(lowerRanges(), code);
        const bool upper =
            range != nullptr && (code - range->first) % static_cast<char32_t>(range->step) == 0;
        result += upper ? static_cast<char32_t>(static_cast<std::int64_t>(code) + range->distance) : code;
    }
    return result;
}

} // namespace finescope::engine
