#pragma once

#include "core/engine/tokenizer/character_map.h"
#include "core/engine/tokenizer/regular_expression.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace finescope::engine {

/// BERT's normaliser: clean-up, spaces around ideographs, accents, lower-casing, in this order.
struct BertNormalization {
    bool cleanUp = true, spaceChinese = true, stripAccents = true, lowerCase = true;
    bool operator==(const BertNormalization&) const = default;
};
/// Unicode's normal forms C, D, KC, KD.
struct NormalForm {
    bool compatible = false, composed = false;
    bool operator==(const NormalForm&) const = default;
};
struct Lowercasing {
    bool operator==(const Lowercasing&) const = default;
};
/// Drops combining marks, of any kind; what is to be dropped has to be decomposed before.
struct MarkStripping {
    bool operator==(const MarkStripping&) const = default;
};
/// Takes the spaces off an end of the text.
struct SpaceStripping {
    bool left = true, right = true;
    bool operator==(const SpaceStripping&) const = default;
};
struct Replacement {
    std::u32string pattern; ///< as it is, not a regular expression; not empty
    std::u32string content;
    bool operator==(const Replacement&) const = default;
};
/// Puts `content` in place of what an expression finds.
struct PatternReplacement {
    RegularExpression pattern;
    std::u32string content;
    bool operator==(const PatternReplacement&) const = default;
};
/// Drops control characters and makes spaces of what looks like one (SentencePiece's "nmt").
struct ControlCleanUp {
    bool operator==(const ControlCleanUp&) const = default;
};
/// Put before every text that is not empty.
struct Prefix {
    std::u32string content;
    bool operator==(const Prefix&) const = default;
};

/// What the `tokenizers` package calls a normalizer: what a tokenizer does to a text before it cuts it.
using NormalizerStep = std::variant<BertNormalization, NormalForm, Lowercasing, MarkStripping, SpaceStripping,
                                    Replacement, PatternReplacement, ControlCleanUp, CharacterMap, Prefix>;
using NormalizerSteps = std::vector<NormalizerStep>;

struct NormalizedText {
    std::u32string text;
    bool lostStart = false; ///< the first character was dropped
};

/// The text after all steps, in their order. Throws Error{badFile} if they make it more than a hundred times
/// (and 10,000 characters) longer, or an expression takes too many steps.
[[nodiscard]] NormalizedText normalized(const NormalizerSteps& steps, std::u32string_view text);

} // namespace finescope::engine
