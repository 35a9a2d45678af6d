#pragma once

#include "core/engine/tokenizer/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace finescope::engine {

/// A stretch of a framed input: special tokens, or one of the texts.
struct FramePart {
    enum class What { special, first, second };
    What what = What::special;
    std::vector<std::int64_t> ids; ///< of the special tokens
    std::int64_t typeId = 0;

    bool operator==(const FramePart&) const = default;
};

/// How special tokens frame a text or a pair of texts.
struct Framing {
    std::vector<FramePart> single, pair;
    bool truncateLeft = false; ///< cut at the beginning instead of the end

    /// One more than the largest type id in it.
    [[nodiscard]] std::int64_t typeCount() const;
    /// The same with all types 0.
    [[nodiscard]] Framing withoutTypes() const;
};

/// first text separator; first text separator second separator, the second's type being 1.
[[nodiscard]] Framing bertFraming(std::int64_t first, std::int64_t separator);
/// first text separator; first text separator separator second separator, all of one type.
[[nodiscard]] Framing robertaFraming(std::int64_t first, std::int64_t separator);
/// The texts alone, the second's type being 1; each between `begin` and `end` where these are given.
[[nodiscard]] Framing plainFraming(std::optional<std::int64_t> begin = std::nullopt,
                                   std::optional<std::int64_t> end = std::nullopt);

/// The ids of one text or two, cut longest-first to maxLength and framed. Throws Error{badInput} if maxLength
/// cannot hold the special tokens. Source: truncate_encodings of the tokenizers package (its LongestFirst).
[[nodiscard]] Encoding frame(std::vector<std::int64_t> first, std::optional<std::vector<std::int64_t>> second,
                             std::size_t maxLength, const Framing& framing);

} // namespace finescope::engine
