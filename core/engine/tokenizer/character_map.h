#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The character map of a SentencePiece model ("Precompiled"): what stands in place of characters and of what
/// is written with several. Immutable; any thread.
class CharacterMap {
public:
    /// `encoded` is "precompiled_charsmap", in base64. Throws Error{badFile}, beginning with `where`, if it
    /// is no such map.
    CharacterMap(std::string encoded, const std::string& where);

    /// The text with each grapheme of fewer than six bytes, or else each character, replaced where the map
    /// has something that it begins with. Source: Precompiled of the `tokenizers` package.
    [[nodiscard]] std::u32string applied(std::u32string_view text) const;

    friend bool operator==(const CharacterMap& one, const CharacterMap& other) {
        return one.m_encoded == other.m_encoded;
    }

private:
    struct Table;
    std::string m_encoded;
    std::shared_ptr<const Table> m_table;
};

} // namespace finescope::engine
