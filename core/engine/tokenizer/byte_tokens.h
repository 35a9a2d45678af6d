#pragma once

#include "core/engine/tokenizer/vocabulary.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The tokens "<0x00>" to "<0xFF>" of a vocabulary, which stand for the bytes of what no token holds.
class ByteTokens {
public:
    ByteTokens() { m_ids.fill(kNone); }
    explicit ByteTokens(const Vocabulary& vocabulary);

    /// Appends the ids of all bytes of a text; nothing, and false, if one of them is no token.
    bool append(std::string_view text, std::vector<std::int64_t>& ids) const;

private:
    static constexpr std::int64_t kNone = -1;
    std::array<std::int64_t, 256> m_ids{};
};

} // namespace finescope::engine
