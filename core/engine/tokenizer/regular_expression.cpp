#include "core/engine/tokenizer/regular_expression.h"

#include "core/engine/tokenizer/unicode.h"
#include "core/engine/tokenizer/unicode_tables.h"
#include "core/error.h"
#include "core/text/shown.h"

#define PCRE2_CODE_UNIT_WIDTH 32
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace finescope::engine {

namespace {

using text::shown;

// What a hostile expression may cost: PCRE2 writes out what is repeated, and tries again from every place.
constexpr std::size_t kLongest = 10'000;        // characters
constexpr std::size_t kMostCopies = 10'000;     // the product of all counts
constexpr std::uint32_t kMostSteps = 1'000'000; // of one match

using Ranges = std::vector<CodeRange>;

/// "\x{41}-\x{5A}...": the inside of a class.
std::u32string classOf(const Ranges& ranges) {
    const auto append = [](std::u32string& text, char32_t code) {
        std::array<char, 8> digits{};
        const auto end =
            std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(code), 16)
                .ptr;
        text.append(U"\\x{").append(digits.data(), end).append(U"}");
    };
    std::u32string text;
    for (const CodeRange& range : ranges) {
        append(text, range.first);
        text += U'-';
        append(text, range.last);
    }
    return text;
}

/// All other code points.
Ranges complementOf(const Ranges& ranges) {
    constexpr char32_t kLast = 0x10FFFF;
    Ranges others;
    char32_t next = 0;
    for (const CodeRange& range : ranges) {
        if (next < range.first) {
            others.push_back({next, range.first - 1});
        }
        next = range.last + 1;
    }
    if (next <= kLast) {
        others.push_back({next, kLast});
    }
    return others;
}

/// The code points of a general category, "Lu", or of all that begin alike, "L"; none: there is no such one.
Ranges rangesOfCategory(std::u32string_view name) {
    const std::string category = encodeUtf8(name);
    Ranges ranges;
    if (category == "Cn" || category == "C") { // what is not assigned is in no table
        for (const CategoryRange& range : categoryRanges()) {
            if (category == "Cn" || range.category[0] != 'C') {
                ranges.push_back({range.first, range.last});
            }
        }
        return complementOf(ranges);
    }
    for (const CategoryRange& range : categoryRanges()) {
        if (!category.empty() && std::string_view(range.category).starts_with(category)) {
            if (!ranges.empty() && ranges.back().last + 1 == range.first) {
                ranges.back().last = range.last;
            } else {
                ranges.push_back({range.first, range.last});
            }
        }
    }
    return ranges;
}

Ranges spaces() {
    Ranges ranges;
    for (char32_t code = 0; code <= 0x3000; ++code) {
        if (isSpace(code)) {
            ranges.push_back({code, code});
        }
    }
    return ranges;
}

/// In a class Oniguruma does not count superscripts and fractions of Latin-1 among the characters of words.
Ranges words(bool inClass) {
    Ranges ranges;
    for (const CodeRange& range : expressionWordsRanges()) {
        for (char32_t code = range.first; inClass && code <= std::min(range.last, U'\u00FF'); ++code) {
            if (!isNumber(code) || code < 0x80) {
                ranges.push_back({code, code});
            }
        }
        if (!inClass || range.last > 0xFF) {
            ranges.push_back({inClass ? std::max(range.first, U'\u0100') : range.first, range.last});
        }
    }
    return ranges;
}

/// The expression as PCRE2 has to have it.
class Translation {
public:
    Translation(std::u32string_view pattern, const std::string& where) : m_pattern(pattern), m_where(where) {
        if (pattern.size() > kLongest) {
            throw Error(ErrorKind::badFile, where + ": a regular expression of more than " +
                                                std::to_string(kLongest) + " characters is not read");
        }
        while (m_at < m_pattern.size()) {
            step();
        }
    }

    std::u32string result;

private:
    [[nodiscard]] Error bad(std::u32string_view what) const {
        return {ErrorKind::badFile, m_where + ": the regular expression \"" + shown(encodeUtf8(m_pattern)) +
                                        "\" has " + shown(encodeUtf8(what)) + ", which is not understood"};
    }
    [[nodiscard]] char32_t peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_pattern.size() ? m_pattern[m_at + ahead] : U'\0';
    }
    [[nodiscard]] std::u32string_view rest() const { return m_pattern.substr(m_at); }
    void keep(std::size_t count = 1) {
        result.append(m_pattern.substr(m_at, count));
        m_at += count;
    }

    void step() {
        const char32_t code = peek();
        if (code == U'\\') {
            escape();
        } else if (m_inClass) {
            inClass(code);
        } else if (code == U'[') {
            beginClass();
        } else if (code == U'(') {
            group();
        } else if (code == U')') {
            endGroup();
        } else if (code == U'{') {
            repetition();
        } else {
            literal(code);
            keep();
        }
    }

    /// Where case is ignored, Oniguruma finds one letter for two and two for one ("ß" for "ss"), PCRE2 does
    /// not.
    void literal(char32_t code) {
        constexpr std::array<std::u32string_view, 5> kOneForTwo{U"ff", U"fi", U"fl", U"ss", U"st"};
        const char32_t letter = isLetter(code) && code < 0x80 ? code | 0x20 : code;
        const std::array<char32_t, 2> both{std::exchange(m_letter, letter), letter};
        if (m_groups.back().ignoresCase &&
            (code >= 0x80 || std::ranges::find(kOneForTwo, std::u32string_view(both.data(), both.size())) !=
                                 kOneForTwo.end())) {
            throw bad(U"letters that are one where case is ignored");
        }
    }

    void beginClass() {
        keep();
        m_inClass = true;
        if (peek() == U'^') {
            keep();
        }
        if (peek() == U']') { // Oniguruma warns of it, and other programs differ
            throw bad(U"an empty class");
        }
        m_classBegins = m_at;
        m_afterClass = false;
        m_letter = 0;
    }

    /// Oniguruma has classes in classes and what two have in common; PCRE2 reads these as characters.
    void inClass(char32_t code) {
        if (code == U'[' || rest().starts_with(U"&&")) {
            throw bad(U"a class within a class");
        }
        const bool isRange = code == U'-' && m_at != m_classBegins && peek(1) != U']';
        const bool beforeClass =
            peek(1) == U'\\' && std::u32string_view(U"pPwWsSdD").find(peek(2)) != std::u32string_view::npos;
        if (isRange && (m_afterClass || beforeClass)) {
            throw bad(U"a range to or from a class");
        }
        if (m_groups.back().ignoresCase && code >= 0x80) {
            throw bad(U"letters that are one where case is ignored");
        }
        m_afterClass = false;
        m_inClass = code != U']';
        keep();
    }

    void group() {
        constexpr std::array<std::u32string_view, 9> kGroups{U"(?:",  U"(?i:", U"(?i)", U"(?!",  U"(?=",
                                                             U"(?<=", U"(?<!", U"(?>",  U"(?-i:"};
        if (peek(1) != U'?') {
            if (peek(1) == U'*') {
                throw bad(U"(*");
            }
            keep();
            m_groups.push_back({m_groups.back().ignoresCase, false});
            m_groupBegins = m_at;
            return;
        }
        const auto* const found = std::ranges::find_if(
            kGroups, [this](std::u32string_view each) { return rest().starts_with(each); });
        if (found == kGroups.end()) {
            throw bad(rest().substr(0, 4));
        }
        if (*found == U"(?i)") { // behind something else it ends at another place
            if (m_at != m_groupBegins) {
                throw bad(U"(?i) that is not at the beginning");
            }
            m_groups.back().ignoresCase = true;
        } else {
            const char32_t kind = found->at(2);
            const bool looks = kind == U'=' || kind == U'!' || kind == U'<';
            m_groups.push_back({kind == U'i' || (kind != U'-' && m_groups.back().ignoresCase), looks});
        }
        keep(found->size());
        m_groupBegins = m_at;
    }

    void endGroup() {
        keep();
        if (m_groups.size() == 1) {
            return; // which PCRE2 refuses
        }
        const bool looks = m_groups.back().looks;
        m_groups.pop_back();
        if (looks && std::u32string_view(U"*+?{").find(peek()) != std::u32string_view::npos) {
            throw bad(U"a repeated look around");
        }
    }

    /// {2}, {2,} and {2,3}; a + behind one, and a ? behind {2}, mean something else to Oniguruma.
    void repetition() {
        const std::size_t end = rest().find(U'}');
        const std::u32string_view inside = rest().substr(1, end == std::u32string_view::npos ? 0 : end - 1);
        const bool isCount = !inside.empty() && inside.front() != U',' &&
                             inside.find_first_not_of(U"0123456789,") == std::u32string_view::npos &&
                             std::ranges::count(inside, U',') <= 1;
        if (!isCount) {
            throw bad(U"{ without a count; a brace itself is \\{");
        }
        const std::size_t comma = std::min(inside.find(U','), inside.size());
        const bool hasMost = comma + 1 < inside.size();
        const std::string count = encodeUtf8(hasMost ? inside.substr(comma + 1) : inside.substr(0, comma));
        std::size_t times = kMostCopies + 1; // of a count that is out of range
        std::from_chars(count.data(), count.data() + count.size(), times);
        m_copies = std::min(m_copies * std::max(times, std::size_t{1}), kMostCopies + 1);
        if (m_copies > kMostCopies) {
            throw bad(U"larger counts than are read");
        }
        keep(end + 1);
        if (peek() == U'+' || (peek() == U'?' && comma == inside.size())) {
            throw bad(std::u32string{U'}', peek()});
        }
    }

    /// By its code points, for PCRE2's own classes are of another Unicode.
    void appendClass(const Ranges& ranges, bool negated) {
        if (m_groups.back().ignoresCase) { // PCRE2 would add the letters of the other case
            throw bad(U"a class where case is ignored");
        }
        const std::u32string inside = classOf(negated ? complementOf(ranges) : ranges);
        result += m_inClass ? inside : U"[" + inside + U"]";
        m_afterClass = true;
    }

    /// \x41 and \x{1F600}; two digits of 80 and above are a byte to Oniguruma, not a code point.
    void hexadecimal() {
        const auto isDigit = [](char32_t code) {
            return std::u32string_view(U"0123456789abcdefABCDEF").find(code) != std::u32string_view::npos;
        };
        const std::size_t end = rest().find(U'}');
        const bool braced = peek(2) == U'{' && end > 3 && end != std::u32string_view::npos;
        const std::u32string_view digits = braced ? rest().substr(3, end - 3) : rest().substr(2, 2);
        if (!std::ranges::all_of(digits, isDigit) || (!braced && (digits.size() != 2 || digits[0] > U'7'))) {
            throw bad(rest().substr(0, 4));
        }
        keep(braced ? end + 1 : 4);
    }

    void property(bool negated) {
        const std::size_t end = rest().find(U'}');
        if (peek() != U'{' || end == std::u32string_view::npos) {
            throw bad(U"\\p without {");
        }
        const std::u32string_view name = rest().substr(1, end - 1);
        const Ranges ranges = rangesOfCategory(name);
        if (ranges.empty()) {
            throw bad(U"\\p{" + std::u32string(name) + U"}");
        }
        appendClass(ranges, negated);
        m_at += end + 1;
    }

    void escape() {
        const char32_t code = peek(1);
        m_letter = 0;
        m_at += 2;
        switch (code) {
        case U'p':
        case U'P':
            property(code == U'P');
            return;
        case U'w':
        case U'W':
            appendClass(words(m_inClass), code == U'W');
            return;
        case U's':
        case U'S':
            appendClass(spaces(), code == U'S');
            return;
        case U'd':
        case U'D':
            appendClass(rangesOfCategory(U"Nd"), code == U'D');
            return;
        default:
            break;
        }
        m_at -= 2;
        m_afterClass = false;
        if (m_groups.back().ignoresCase && (code == U'u' || code == U'x')) {
            throw bad(U"a code point where case is ignored");
        }
        if (code == U'x') {
            hexadecimal();
        } else if (code == U'u' && m_at + 6 <= m_pattern.size()) {
            result.append(U"\\x{").append(m_pattern.substr(m_at + 2, 4)).append(U"}");
            m_at += 6;
        } else if (std::u32string_view(U"rntfAz").find(code) != std::u32string_view::npos ||
                   (code < 0x80 && isPunctuation(code))) {
            keep(2);
        } else {
            throw bad(rest().substr(0, 2));
        }
    }

    struct Group {
        bool ignoresCase = false;
        bool looks = false; ///< ahead or behind
    };

    std::u32string_view m_pattern;
    std::string m_where;
    std::size_t m_at = 0, m_copies = 1;
    bool m_inClass = false;
    std::size_t m_classBegins = 0;
    bool m_afterClass = false;       ///< in a class, behind one of those that appendClass writes
    std::vector<Group> m_groups{{}}; ///< those that are open, the whole first
    std::size_t m_groupBegins = 0;   ///< of the last one that began
    char32_t m_letter = 0;           ///< the last literal, in lower case; 0 behind something else
};

std::string messageOf(int error) {
    std::array<PCRE2_UCHAR32, 256> buffer{};
    const int length = pcre2_get_error_message(error, buffer.data(), buffer.size());
    std::u32string text;
    for (int i = 0; i < length; ++i) {
        text += static_cast<char32_t>(buffer[static_cast<std::size_t>(i)]);
    }
    return encodeUtf8(text);
}

PCRE2_SPTR32 unitsOf(std::u32string_view text) {
    return reinterpret_cast<PCRE2_SPTR32>(text.data());
}

} // namespace

struct RegularExpression::Compiled {
    pcre2_code* code = nullptr;
    std::string where;

    Compiled(std::u32string_view pattern, std::uint32_t options, std::string place)
        : where(std::move(place)) {
        pcre2_compile_context* const context = pcre2_compile_context_create(nullptr);
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        int error = 0;
        PCRE2_SIZE at = 0;
        code = pcre2_compile(unitsOf(pattern), pattern.size(), PCRE2_UTF | options, &error, &at, context);
        pcre2_compile_context_free(context);
        if (code == nullptr) {
            throw Error(ErrorKind::badFile,
                        where + ": the regular expression is not understood: " + messageOf(error));
        }
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // where it cannot, the expression is interpreted
    }
    ~Compiled() { pcre2_code_free(code); }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
};

RegularExpression::RegularExpression(std::string pattern, bool isLiteral, const std::string& where)
    : m_pattern(std::move(pattern)), m_isLiteral(isLiteral) {
    const std::u32string text = decodeUtf8(m_pattern);
    // Oniguruma's ^ and $ are of lines.
    m_compiled =
        isLiteral ? std::make_shared<const Compiled>(text, PCRE2_LITERAL, where)
                  : std::make_shared<const Compiled>(Translation(text, where).result, PCRE2_MULTILINE, where);
}

RegularExpression::RegularExpression(std::string pattern, const std::string& where)
    : RegularExpression(std::move(pattern), false, where) {}

RegularExpression RegularExpression::literal(std::string text, const std::string& where) {
    return {std::move(text), true, where};
}

std::vector<Stretch> RegularExpression::stretches(std::u32string_view text) const {
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> found(
        pcre2_match_data_create_from_pattern(m_compiled->code, nullptr), pcre2_match_data_free);
    const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> limits(
        pcre2_match_context_create(nullptr), pcre2_match_context_free);
    pcre2_set_match_limit(limits.get(), kMostSteps);
    std::vector<Stretch> all;
    std::size_t done = 0, from = 0;
    std::optional<std::size_t> lastEnd;
    while (from <= text.size()) {
        int count = pcre2_match(m_compiled->code, unitsOf(text), text.size(), from, PCRE2_NO_UTF_CHECK,
                                found.get(), limits.get());
        if (count == PCRE2_ERROR_JIT_STACKLIMIT) {
            count = pcre2_match(m_compiled->code, unitsOf(text), text.size(), from,
                                PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, found.get(), limits.get());
        }
        if (count == PCRE2_ERROR_NOMATCH) {
            break;
        }
        if (count < 0) {
            throw Error(ErrorKind::badFile, m_compiled->where + ": the regular expression \"" +
                                                shown(m_pattern) + "\" failed on a text of " +
                                                std::to_string(text.size()) +
                                                " characters: " + messageOf(count));
        }
        const PCRE2_SIZE* const place = pcre2_get_ovector_pointer(found.get());
        const std::size_t begin = place[0], end = place[1];
        if (begin == end && lastEnd == end) { // an empty match right behind a match is none
            ++from;
            continue;
        }
        from = end;
        lastEnd = end;
        if (done != begin) {
            all.push_back({done, begin, false});
        }
        all.push_back({begin, end, true});
        done = end;
    }
    if (done != text.size()) {
        all.push_back({done, text.size(), false});
    }
    return all;
}

} // namespace finescope::engine
