#pragma once

#include "core/engine/tokenizer/split.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// A regular expression of tokenizer.json, which the `tokenizers` package gives to Oniguruma and this class
/// to PCRE2: what both read alike, and classes of characters as that package has them. Immutable; any thread.
class RegularExpression {
public:
    /// `pattern` is UTF-8. Throws Error{badFile}, beginning with `where`, for what PCRE2 does not read and
    /// for what it reads otherwise than Oniguruma, by its name.
    RegularExpression(std::string pattern, const std::string& where);
    /// Finds the text itself.
    [[nodiscard]] static RegularExpression literal(std::string text, const std::string& where);

    /// The text in stretches, matches and what lies between them, from left to right. Throws Error{badFile}
    /// where the expression would take too many steps.
    [[nodiscard]] std::vector<Stretch> stretches(std::u32string_view text) const;

    friend bool operator==(const RegularExpression& one, const RegularExpression& other) {
        return one.m_pattern == other.m_pattern && one.m_isLiteral == other.m_isLiteral;
    }

private:
    struct Compiled;
    RegularExpression(std::string pattern, bool isLiteral, const std::string& where);

    std::string m_pattern;
    bool m_isLiteral = false;
    std::shared_ptr<const Compiled> m_compiled;
};

} // namespace finescope::engine
