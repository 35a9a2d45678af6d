#include "core/engine/tokenizer/character_map.h"

#include "core/engine/tokenizer/unicode.h"
#include "core/error.h"
#include "core/text/base64.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace finescope::engine {

namespace {

constexpr std::size_t kUnitBytes = 4;

std::uint32_t unitAt(std::string_view bytes, std::size_t at) {
    std::uint32_t unit = 0;
    for (std::size_t i = kUnitBytes; i-- > 0;) {
        unit = unit << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    }
    return unit;
}

} // namespace

/// A double array of the Darts library, and the texts that its values are places in, each ended by a zero.
struct CharacterMap::Table {
    std::vector<std::uint32_t> units;
    std::string texts;

    static bool hasLeaf(std::uint32_t unit) { return (unit >> 8 & 1) == 1; }
    static std::uint32_t value(std::uint32_t unit) { return unit & 0x7FFF'FFFF; }
    static std::uint32_t label(std::uint32_t unit) { return unit & 0x8000'00FF; }
    static std::uint32_t offset(std::uint32_t unit) { return unit >> 10 << ((unit & 0x200) >> 6); }

    /// The shortest entry that the text begins with: what it becomes.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view text) const {
        std::size_t place = offset(units[0]);
        for (const char byte : text) {
            const auto code = static_cast<std::uint8_t>(byte);
            place ^= code;
            if (code == 0 || place >= units.size() || label(units[place]) != code) {
                return std::nullopt;
            }
            const bool isEntry = hasLeaf(units[place]);
            place ^= offset(units[place]);
            if (isEntry) {
                if (place >= units.size() || value(units[place]) >= texts.size()) {
                    return std::nullopt;
                }
                return std::string_view(texts.c_str() + value(units[place])); // up to its zero
            }
        }
        return std::nullopt;
    }
};

CharacterMap::CharacterMap(std::string encoded, const std::string& where) : m_encoded(std::move(encoded)) {
    const auto bytes = text::fromBase64(m_encoded);
    const auto bad = [&](const std::string& what) {
        return Error(ErrorKind::badFile, where + ": \"precompiled_charsmap\" " + what);
    };
    if (!bytes) {
        throw bad("is not base64");
    }
    const std::size_t size = bytes->size() < kUnitBytes ? 0 : unitAt(*bytes, 0);
    if (size == 0 || size % kUnitBytes != 0 || size > bytes->size() - kUnitBytes) {
        throw bad("is no character map of SentencePiece");
    }
    auto table = std::make_shared<Table>();
    for (std::size_t at = kUnitBytes; at < kUnitBytes + size; at += kUnitBytes) {
        table->units.push_back(unitAt(*bytes, at));
    }
    table->texts = bytes->substr(kUnitBytes + size);
    m_table = std::move(table);
}

std::u32string CharacterMap::applied(std::u32string_view text) const {
    constexpr std::size_t kLongGrapheme = 6; // bytes
    std::u32string result;
    for (const std::u32string_view grapheme : graphemes(text)) {
        const std::string bytes = encodeUtf8(grapheme);
        if (const auto whole = bytes.size() < kLongGrapheme ? m_table->find(bytes) : std::nullopt) {
            result += decodeUtf8(*whole);
            continue;
        }
        for (const char32_t code : grapheme) {
            const auto one = m_table->find(encodeUtf8({&code, 1}));
            result += one ? decodeUtf8(*one) : std::u32string(1, code);
        }
    }
    return result;
}

} // namespace finescope::engine
