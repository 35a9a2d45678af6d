#pragma once

#include "core/text/utf8.h"

#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The code points of UTF-8 text; each maximal ill-formed sequence counts as one U+FFFD (Unicode 15, table
/// 3-8).
[[nodiscard]] std::u32string decodeUtf8(std::string_view text);

using text::appendUtf8;
[[nodiscard]] std::string encodeUtf8(std::u32string_view text);

/// Unicode's White_Space property.
[[nodiscard]] bool isSpace(char32_t code);

/// The classes of unicode_tables.h; `isRemoved` is what BERT's clean-up drops.
[[nodiscard]] bool isLetter(char32_t code);
[[nodiscard]] bool isNumber(char32_t code);
[[nodiscard]] bool isPunctuation(char32_t code);
[[nodiscard]] bool isRemoved(char32_t code);
[[nodiscard]] bool isChinese(char32_t code);
[[nodiscard]] bool isWordCharacter(char32_t code);
[[nodiscard]] bool isMark(char32_t code);

/// The number of a code point's script; 0 for one that goes with any, as the space and what is not assigned.
[[nodiscard]] int scriptOf(char32_t code);

/// Canonical decomposition without the non-spacing marks.
[[nodiscard]] std::u32string stripAccents(std::u32string_view text);
/// One of Unicode's normal forms: C (composed) or D, KC or KD (`compatible`). Unicode Standard Annex 15, for
/// the code points that the `tokenizers` package knows (those of Unicode 10); it leaves newer ones as they
/// are.
[[nodiscard]] std::u32string normalForm(std::u32string_view text, bool compatible, bool composed);
/// The extended grapheme clusters: what a reader sees as one character. Unicode Standard Annex 29.
[[nodiscard]] std::vector<std::u32string_view> graphemes(std::u32string_view text);
/// Lower case of each code point by itself.
[[nodiscard]] std::u32string toLower(std::u32string_view text);

} // namespace finescope::engine
