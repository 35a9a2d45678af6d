#pragma once

#include "core/engine/tokenizer/regular_expression.h"
#include "core/engine/tokenizer/split.h"

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
/// Runs of one script; what goes with any script goes with the run before, and is left out before the first.
struct ScriptRuns {
    bool operator==(const ScriptRuns&) const = default;
};
/// Punctuation marks apart from the rest.
struct PunctuationMarks {
    SplitBehavior behavior = SplitBehavior::isolated;
    bool operator==(const PunctuationMarks&) const = default;
};
/// Cut at what an expression finds, or, inverted, at what lies between.
struct PatternSplit {
    RegularExpression pattern;
    SplitBehavior behavior = SplitBehavior::isolated;
    bool inverted = false;
    bool operator==(const PatternSplit&) const = default;
};
/// A sign for each space, which begins a word. Kudo and Richardson 2018 (SentencePiece).
struct SpaceSigns {
    enum class Prepend {
        never,
        always,
        first, ///< where the text begins, not behind an added token
    };
    char32_t sign = U'\u2581';
    Prepend prepend = Prepend::always; ///< the sign before a piece that does not begin with it
    bool cut = true;                   ///< without, a piece stays whole
    bool operator==(const SpaceSigns&) const = default;
};

/// What the `tokenizers` package calls a pre-tokenizer: how a normalised text is cut into words.
using PreTokenizerStep = std::variant<BertWords, ByteLevelWords, WordRuns, SpaceWords, DigitRuns, ScriptRuns,
                                      PunctuationMarks, PatternSplit, SpaceSigns>;
using PreTokenizerSteps = std::vector<PreTokenizerStep>;

/// The words after all steps, each of which cuts what the one before left. `beginsText`: the
/// piece does. Throws Error{badFile} where an expression takes too many steps.
[[nodiscard]] std::vector<std::u32string> wordsOf(const PreTokenizerSteps& steps, std::u32string text,
                                                  bool beginsText = true);

/// The printable character that stands for each byte in a byte-level vocabulary. Radford et al. 2019.
[[nodiscard]] const std::array<char32_t, 256>& byteLevelCharacters();

/// The words that byte-level BPE never merges across (GPT-2's split): contractions; letters, numbers or other
/// signs, each with at most one space before; runs of spaces, the last of which goes to the word that
/// follows. Views into `text`. Radford et al. 2019.
[[nodiscard]] std::vector<std::u32string_view> splitByteLevelWords(std::u32string_view text);

} // namespace finescope::engine
