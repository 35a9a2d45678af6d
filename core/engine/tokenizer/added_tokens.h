#pragma once

#include "core/engine/tokenizer/normalizer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// A token that is recognised as it stands in a text, before the text is cut into words.
struct AddedToken {
    std::string content; ///< UTF-8
    std::int64_t id = -1;
    bool singleWord = false; ///< only between non-word characters
    bool leftStrip = false;  ///< swallows the spaces before it
    bool rightStrip = false; ///< swallows the spaces after it
    bool normalized = false; ///< looked for in the normalised text

    bool operator==(const AddedToken&) const = default;
};

/// The added tokens of a vocabulary and where they occur: at each place the longest, from the left.
class AddedTokens {
public:
    using Normalizer = std::function<NormalizedText(std::u32string_view)>;

    AddedTokens() = default;
    /// `normalize` is what the tokenizer does to a text before cutting it, `where` what messages begin with.
    /// Throws Error{badFile} if two tokens are the same text once normalised.
    AddedTokens(const std::vector<AddedToken>& tokens, const Normalizer& normalize, const std::string& where);

    /// A stretch of ordinary, normalised text, or the id of an added token.
    struct Piece {
        std::u32string text;
        std::optional<std::int64_t> id;
        bool beginsText = false; ///< with the first character of the text
    };
    /// The text in pieces, from left to right.
    [[nodiscard]] std::vector<Piece> split(std::u32string_view text, const Normalizer& normalize) const;

private:
    struct Pattern {
        std::u32string content;
        AddedToken token;
    };
    /// Sorted, so that those that begin alike lie side by side: a text is compared with all at once.
    using Patterns = std::vector<Pattern>;

    static void sort(Patterns& patterns, const std::string& where);
    static const Pattern* longestAt(const Patterns& patterns, std::u32string_view text);
    static std::vector<Piece> splitBy(const Patterns& patterns, std::u32string_view text);

    Patterns m_raw, m_normalized;
};

} // namespace finescope::engine
