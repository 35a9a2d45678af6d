#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace finescope::engine {

/// Words between spaces; each punctuation mark is a word of its own. BERT.
struct BertWords {
    bool operator==(const BertWords&) const = default;
};
/// GPT-2's words, then each byte as a printable character (as vocab.json has it).
struct ByteLevelWords {
    bool prefixSpace = false; ///< a space before each piece that does not begin with one
    bool cut = true;          ///< without, a piece stays whole
    bool operator==(const ByteLevelWords&) const = default;
};
/// Runs of word characters, and runs of what is neither that nor space.
struct WordRuns {
    bool operator==(const WordRuns&) const = default;
};
/// What lies between spaces.
struct SpaceWords {
    bool operator==(const SpaceWords&) const = default;
};
/// Numbers apart from the rest, in runs or one by one.
struct DigitRuns {
    bool individual = false;
    bool operator==(const DigitRuns&) const = default;
};

/// What the `tokenizers` package calls a pre-tokenizer: how a normalised text is cut into words.
using PreTokenizerStep = std::variant<BertWords, ByteLevelWords, WordRuns, SpaceWords, DigitRuns>;
using PreTokenizerSteps = std::vector<PreTokenizerStep>;

/// The words after all steps, each of which cuts what the one before left.
[[nodiscard]] std::vector<std::u32string> wordsOf(const PreTokenizerSteps& steps, std::u32string text);

/// The printable character that stands for each byte in a byte-level vocabulary. Radford et al. 2019.
[[nodiscard]] const std::array<char32_t, 256>& byteLevelCharacters();

/// The words that byte-level BPE never merges across (GPT-2's split): contractions; letters, numbers or other
/// signs, each with at most one space before; runs of spaces, the last of which goes to the word that
/// follows. Views into `text`. Radford et al. 2019.
[[nodiscard]] std::vector<std::u32string_view> splitByteLevelWords(std::u32string_view text);

} // namespace finescope::engine
