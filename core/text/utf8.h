#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace finescope::text {

/// Takes the code point at byte `i` of UTF-8 text, before its end; nothing for a maximal ill-formed sequence
/// (Unicode 15, table 3-8), which is passed over as well.
[[nodiscard]] std::optional<char32_t> takeCode(std::string_view text, std::size_t& i);

/// Appends a code point as UTF-8; nothing for what is beyond U+10FFFF.
void appendUtf8(std::string& text, char32_t code);

/// Where the first ill-formed sequence begins, in bytes; nothing for UTF-8 text.
[[nodiscard]] std::optional<std::size_t> firstIllFormed(std::string_view text);

} // namespace finescope::text
