#include "core/engine/tokenizer/byte_tokens.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace finescope::engine {

ByteTokens::ByteTokens(const Vocabulary& vocabulary) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (std::size_t byte = 0; byte < m_ids.size(); ++byte) {
        const auto found =
            vocabulary.find(std::string("<0x") + kDigits[byte / 16] + kDigits[byte % 16] + ">");
        m_ids[byte] = found == vocabulary.end() ? kNone : found->second;
    }
}

bool ByteTokens::append(std::string_view text, std::vector<std::int64_t>& ids) const {
    const auto idOf = [this](char byte) { return m_ids[static_cast<std::uint8_t>(byte)]; };
    if (!std::ranges::all_of(text, [&](char byte) { return idOf(byte) != kNone; })) {
        return false;
    }
    for (const char byte : text) {
        ids.push_back(idOf(byte));
    }
    return true;
}

} // namespace finescope::engine
