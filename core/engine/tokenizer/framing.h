#pragma once

#include "core/engine/tokenizer/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace finescope::engine {

/// How special tokens frame a text (first a separator) or a pair (first a separator [separator] b separator).
struct Framing {
    std::int64_t first = 0, separator = 0;
    std::size_t separatorsBetween = 1; ///< BERT 1, RoBERTa 2
    std::int64_t secondTypeId = 1;     ///< BERT 1; RoBERTa has no types: 0
    bool truncateLeft = false;         ///< cut at the beginning instead of the end
};

/// The ids of one text or two, cut longest-first to maxLength and framed. Throws Error{badInput} if maxLength
/// cannot hold the special tokens. Source: truncate_encodings of the tokenizers package (its LongestFirst).
[[nodiscard]] Encoding frame(std::vector<std::int64_t> first, std::optional<std::vector<std::int64_t>> second,
                             std::size_t maxLength, const Framing& framing);

} // namespace finescope::engine
