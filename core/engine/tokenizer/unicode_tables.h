#pragma once

#include <cstdint>
#include <span>

namespace finescope::engine {

/// Code points first..last.
struct CodeRange {
    char32_t first, last;
};

/// Every `step`-th code point of first..last becomes lower case by adding `distance`.
struct LowerRange {
    char32_t first, last;
    std::int32_t step, distance;
};

/// The general category of the code points first..last: "Lu".
struct CategoryRange {
    char32_t first, last;
    char category[3];
};

/// The code points first..last are of one script, which has a number from 1.
struct ScriptRange {
    char32_t first, last;
    std::uint8_t script;
};

/// Sorted classes of code points as the `tokenizers` package has them, whose Unicode tables are of several
/// ages: punctuation, removed (control) characters, ideographs
/// and accents of the BERT normaliser; characters of words (`\w` of its regular expressions); what
/// StripAccents drops; `\w` of the expressions that tokenizer.json holds; what has a canonical decomposition,
/// what has only one of compatibility, and what combines (is put into an order by its class); simple
/// lower-casing; general categories as those expressions and the byte-level split have them, of what is
/// assigned; scripts, of which that of Han holds Hiragana and Katakana, too.
[[nodiscard]] std::span<const CodeRange> punctuationRanges();
[[nodiscard]] std::span<const CodeRange> removedRanges();
[[nodiscard]] std::span<const CodeRange> chineseRanges();
[[nodiscard]] std::span<const CodeRange> accentsRanges();
[[nodiscard]] std::span<const CodeRange> wordsRanges();
[[nodiscard]] std::span<const CodeRange> marksRanges();
[[nodiscard]] std::span<const CodeRange> decomposedRanges();
[[nodiscard]] std::span<const CodeRange> compatibleRanges();
[[nodiscard]] std::span<const CodeRange> reorderedRanges();
[[nodiscard]] std::span<const CodeRange> expressionWordsRanges();
[[nodiscard]] std::span<const LowerRange> lowerRanges();
[[nodiscard]] std::span<const CategoryRange> categoryRanges();
[[nodiscard]] std::span<const ScriptRange> scriptRanges();

} // namespace finescope::engine
