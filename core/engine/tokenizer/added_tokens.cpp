#include "core/engine/tokenizer/added_tokens.h"

#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "core/text/shown.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace finescope::engine {

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const Normalizer& normalize,
                         const std::string& where) {
    for (const AddedToken& token : tokens) {
        const std::u32string content = decodeUtf8(token.content);
        if (token.normalized) {
            m_normalized.push_back({normalize(content).text, token});
        } else {
            m_raw.push_back({content, token});
        }
    }
    sort(m_raw, where);
    sort(m_normalized, where);
}

void AddedTokens::sort(Patterns& patterns, const std::string& where) {
    std::erase_if(patterns, [](const Pattern& pattern) { return pattern.content.empty(); });
    std::ranges::sort(patterns, {}, &Pattern::content);
    const auto twin = std::ranges::adjacent_find(patterns, {}, &Pattern::content);
    if (twin != patterns.end()) {
        throw Error(ErrorKind::badFile,
                    where + ": the added tokens \"" + text::shown(twin->token.content) + "\" and \"" +
                        text::shown(std::next(twin)->token.content) +
                        "\" are the same text once normalised; which one is meant is unclear");
    }
}

const AddedTokens::Pattern* AddedTokens::longestAt(const Patterns& patterns, std::u32string_view text) {
    const Pattern* longest = nullptr;
    auto begin = patterns.begin(), end = patterns.end(); // those that begin with the first `length` of text
    for (std::size_t length = 0; begin != end; ++length) {
        if (begin->content.size() == length) {
            longest = &*begin;
            ++begin;
        }
        if (length == text.size()) {
            break;
        }
        const auto code = [length](const Pattern& pattern) { return pattern.content[length]; };
        const auto range = std::ranges::equal_range(begin, end, text[length], {}, code);
        begin = range.begin();
        end = range.end();
    }
    return longest;
}

std::vector<AddedTokens::Piece> AddedTokens::splitBy(const Patterns& patterns, std::u32string_view text) {
    std::vector<Piece> pieces;
    std::size_t done = 0; // everything before is in pieces
    for (std::size_t at = 0; at < text.size();) {
        const Pattern* const longest = longestAt(patterns, text.substr(at));
        if (longest == nullptr) {
            ++at;
            continue;
        }
        std::size_t begin = at, end = at + longest->content.size();
        at = end; // also where spaces behind are swallowed: a token that begins with one is still found
        const bool touchesWord = (begin > 0 && isWordCharacter(text[begin - 1])) ||
                                 (end < text.size() && isWordCharacter(text[end]));
        if (longest->token.singleWord && touchesWord) {
            continue;
        }
        while (longest->token.leftStrip && begin > done && isSpace(text[begin - 1])) {
            --begin;
        }
        while (longest->token.rightStrip && end < text.size() && isSpace(text[end])) {
            ++end;
        }
        if (begin > done) {
            pieces.push_back({std::u32string(text.substr(done, begin - done)), std::nullopt, done == 0});
        }
        pieces.push_back({{}, longest->token.id});
        done = end;
    }
    if (done < text.size()) {
        pieces.push_back({std::u32string(text.substr(done)), std::nullopt, done == 0});
    }
    return pieces;
}

std::vector<AddedTokens::Piece> AddedTokens::split(std::u32string_view text,
                                                   const Normalizer& normalize) const {
    std::vector<Piece> pieces;
    for (Piece& raw : splitBy(m_raw, text)) {
        if (raw.id) {
            pieces.push_back(std::move(raw));
            continue;
        }
        const NormalizedText whole = normalize(raw.text);
        for (Piece& piece : splitBy(m_normalized, whole.text)) {
            piece.beginsText = piece.beginsText && raw.beginsText && !whole.lostStart;
            pieces.push_back(std::move(piece));
        }
    }
    return pieces;
}

} // namespace finescope::engine
