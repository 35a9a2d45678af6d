#include "core/text/utf8.h"

#include <cstdint>

namespace finescope::text {

namespace {

/// What may follow a lead byte: how many continuation bytes, and the bounds of the first of them.
struct Lead {
    int following;
    std::uint8_t least, most;
};

/// following is -1 for a byte that begins no sequence.
constexpr Lead leadOf(std::uint8_t byte) {
    if (byte < 0x80) {
        return {0, 0, 0};
    }
    if (byte < 0xC2 || byte > 0xF4) {
        return {-1, 0, 0};
    }
    if (byte < 0xE0) {
        return {1, 0x80, 0xBF};
    }
    if (byte < 0xF0) {
        return {2, static_cast<std::uint8_t>(byte == 0xE0 ? 0xA0 : 0x80),
                static_cast<std::uint8_t>(byte == 0xED ? 0x9F : 0xBF)};
    }
    return {3, static_cast<std::uint8_t>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<std::uint8_t>(byte == 0xF4 ? 0x8F : 0xBF)};
}

} // namespace

std::optional<char32_t> takeCode(std::string_view text, std::size_t& i) {
    const auto byte = static_cast<std::uint8_t>(text[i++]);
    const Lead lead = leadOf(byte);
    if (lead.following <= 0) {
        return lead.following == 0 ? std::optional(static_cast<char32_t>(byte)) : std::nullopt;
    }
    auto code = static_cast<char32_t>(byte & (0x3F >> lead.following));
    std::uint8_t least = lead.least, most = lead.most;
    int left = lead.following;
    for (; left > 0 && i < text.size(); --left, ++i) {
        const auto next = static_cast<std::uint8_t>(text[i]);
        if (next < least || next > most) {
            break;
        }
        code = code << 6 | (next & 0x3F);
        least = 0x80;
        most = 0xBF;
    }
    return left == 0 ? std::optional(code) : std::nullopt;
}

void appendUtf8(std::string& text, char32_t code) {
    const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<std::uint8_t>(bits)); };
    if (code > 0x10FFFF) {
        return;
    }
    if (code < 0x80) {
        text += byte(code);
        return;
    }
    if (code < 0x800) {
        text += byte(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            text += byte(0xE0 | code >> 12);
        } else {
            text += byte(0xF0 | code >> 18);
            text += byte(0x80 | (code >> 12 & 0x3F));
        }
        text += byte(0x80 | (code >> 6 & 0x3F));
    }
    text += byte(0x80 | (code & 0x3F));
}

std::optional<std::size_t> firstIllFormed(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i;
        if (!takeCode(text, i)) {
            return start;
        }
    }
    return std::nullopt;
}

} // namespace finescope::text
