#include "core/engine/tokenizer/unicode.h"

#include "core/engine/tokenizer/unicode_tables.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

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

/// Whether the tables of the `tokenizers` package decompose it; utf8proc knows newer ones, too.
bool isDecomposed(char32_t code, bool compatible) {
    return findRange(decomposedRanges(), code) != nullptr ||
           (compatible && findRange(compatibleRanges(), code) != nullptr);
}

void appendDecomposed(std::u32string& text, char32_t code, bool compatible) {
    if (!isDecomposed(code, compatible)) {
        text += code;
        return;
    }
    std::array<utf8proc_int32_t, 32> parts{}; // the longest decomposition of one has 18
    int boundary = 0;
    const int options = UTF8PROC_DECOMPOSE | (compatible ? UTF8PROC_COMPAT : 0);
    const auto count =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), parts.data(), parts.size(),
                                static_cast<utf8proc_option_t>(options), &boundary);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        text += static_cast<char32_t>(parts[i]);
    }
}

int combiningClass(char32_t code) {
    return findRange(reorderedRanges(), code) == nullptr
               ? 0
               : utf8proc_get_property(static_cast<utf8proc_int32_t>(code))->combining_class;
}

bool isOfCategory(char32_t code, char category) {
    const CategoryRange* const range = findRange(categoryRanges(), code);
    return range != nullptr && range->category[0] == category;
}

/// Decomposed and ordered text, composed; what only utf8proc knows as composed falls apart again.
std::u32string compose(const std::u32string& text) {
    std::vector<utf8proc_int32_t> codes(text.begin(), text.end());
    const auto count = utf8proc_normalize_utf32(
        codes.data(), std::ssize(codes), static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    std::u32string result;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        std::array<utf8proc_int32_t, 32> parts{};
        int boundary = 0;
        const auto code = static_cast<char32_t>(codes[i]);
        const auto length =
            utf8proc_decompose_char(codes[i], parts.data(), parts.size(), UTF8PROC_DECOMPOSE, &boundary);
        if (length > 1 && !isDecomposed(code, false)) {
            std::copy_n(parts.begin(), length, std::back_inserter(result));
        } else {
            result += code;
        }
    }
    return result;
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
    return code < 0x80 ? folded >= 'a' && folded <= 'z' : isOfCategory(code, 'L');
}

bool isNumber(char32_t code) {
    return code < 0x80 ? code >= '0' && code <= '9' : isOfCategory(code, 'N');
}

int scriptOf(char32_t code) {
    const ScriptRange* const range = findRange(scriptRanges(), code);
    return range == nullptr ? 0 : range->script;
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

bool isWordCharacter(char32_t code) {
    return findRange(wordsRanges(), code) != nullptr;
}
bool isMark(char32_t code) {
    return findRange(marksRanges(), code) != nullptr;
}

std::u32string stripAccents(std::u32string_view text) {
    std::u32string result;
    result.reserve(text.size());
    for (const char32_t code : text) {
        if (code < 0x80) {
            result += code;
            continue;
        }
        const std::size_t begin = result.size();
        appendDecomposed(result, code, false);
        const auto isAccent = [](char32_t part) { return findRange(accentsRanges(), part) != nullptr; };
        result.erase(
            std::remove_if(result.begin() + static_cast<std::ptrdiff_t>(begin), result.end(), isAccent),
            result.end());
    }
    return result;
}

std::u32string normalForm(std::u32string_view text, bool compatible, bool composed) {
    std::u32string parts;
    parts.reserve(text.size());
    for (const char32_t code : text) {
        appendDecomposed(parts, code, compatible);
    }
    for (auto begin = parts.begin(); begin != parts.end();) {
        const auto starter = [](char32_t code) { return combiningClass(code) == 0; };
        begin = std::find_if_not(begin, parts.end(), starter);
        const auto end = std::find_if(begin, parts.end(), starter);
        std::stable_sort(begin, end, [](char32_t left, char32_t right) {
            return combiningClass(left) < combiningClass(right);
        });
        begin = end;
    }
    return composed ? compose(parts) : parts;
}

std::vector<std::u32string_view> graphemes(std::u32string_view text) {
    std::vector<std::u32string_view> all;
    std::size_t begin = 0;
    utf8proc_int32_t state = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(text[i - 1]),
                                             static_cast<utf8proc_int32_t>(text[i]), &state)) {
            all.push_back(text.substr(begin, i - begin));
            begin = i;
        }
    }
    if (begin < text.size()) {
        all.push_back(text.substr(begin));
    }
    return all;
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
