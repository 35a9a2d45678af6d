#include "core/text/shown.h"

#include "core/text/utf8.h"

namespace finescope::text {

namespace {

constexpr std::size_t kMostCharacters = 80;
constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kEllipsis = 0x2026;

bool steersTheScreen(char32_t code) {
    const auto within = [code](char32_t first, char32_t last) { return code >= first && code <= last; };
    return code < 0x20 || within(0x7F, 0x9F) ||                // C0, delete, C1
           within(0x200E, 0x200F) || within(0x2028, 0x202E) || // marks, separators, embeddings and overrides
           within(0x2066, 0x2069) || code == 0x061C || code == 0xFEFF;
}

void appendSafely(std::string& result, std::optional<char32_t> code) {
    appendUtf8(result, !code || steersTheScreen(*code) ? kReplacement : *code);
}

} // namespace

std::string oneLine(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        appendSafely(result, takeCode(text, i));
    }
    return result;
}

std::string shown(std::string_view text) {
    std::string result;
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++count) {
        const auto code = takeCode(text, i);
        if (count + 1 == kMostCharacters && i < text.size()) {
            appendUtf8(result, kEllipsis);
            break;
        }
        appendSafely(result, code);
    }
    return result;
}

} // namespace finescope::text
