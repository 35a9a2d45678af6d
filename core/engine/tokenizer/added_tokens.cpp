#include "core/engine/tokenizer/added_tokens.h"

#include "core/engine/tokenizer/unicode.h"

#include <algorithm>

namespace finescope::engine {

namespace {

bool isWordCharacter(char32_t code) {
    return code == '_' || isLetter(code) || isNumber(code);
}

} // namespace

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const Normalizer& normalize) {
    for (const AddedToken& token : tokens) {
        const std::u32string content = decodeUtf8(token.content);
        if (content.empty()) {
            continue;
        }
        if (token.normalized) {
            m_normalized.push_back({normalize(content), token});
        } else {
            m_raw.push_back({content, token});
        }
    }
}

std::vector<AddedTokens::Piece> AddedTokens::splitBy(const std::vector<Pattern>& patterns,
                                                     std::u32string_view text) {
    std::vector<Piece> pieces;
    std::size_t done = 0; // everything before is in pieces
    for (std::size_t at = 0; at < text.size();) {
        const Pattern* longest = nullptr;
        for (const Pattern& pattern : patterns) {
            if (text.substr(at).starts_with(pattern.content) &&
                (longest == nullptr || pattern.content.size() > longest->content.size())) {
                longest = &pattern;
            }
        }
        if (longest == nullptr) {
            ++at;
            continue;
        }
        std::size_t begin = at, end = at + longest->content.size();
        at = end;
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
            pieces.push_back({std::u32string(text.substr(done, begin - done)), std::nullopt});
        }
        pieces.push_back({{}, longest->token.id});
        done = end;
        at = std::max(at, done);
    }
    if (done < text.size()) {
        pieces.push_back({std::u32string(text.substr(done)), std::nullopt});
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
        for (Piece& piece : splitBy(m_normalized, normalize(raw.text))) {
            pieces.push_back(std::move(piece));
        }
    }
    return pieces;
}

} // namespace finescope::engine
