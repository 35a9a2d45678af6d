#pragma once

#include <cstddef>
#include <vector>

namespace finescope::engine {

/// What becomes of the matches where a text is cut at them, by the names of the `tokenizers` package.
enum class SplitBehavior {
    removed,            ///< left out
    isolated,           ///< each a word of its own
    mergedWithPrevious, ///< the end of the word before
    mergedWithNext,     ///< the beginning of the word behind
    contiguous,         ///< a run of them is one word
};

/// A part of a text, [begin, end); `match` says whether it is one of the places that the text is cut at.
struct Stretch {
    std::size_t begin = 0, end = 0;
    bool match = false;
    bool operator==(const Stretch&) const = default;
};

/// The words, from the stretches of a whole text in their order; what is left out is no longer there.
/// Source: NormalizedString::split of the `tokenizers` package.
[[nodiscard]] std::vector<Stretch> wordsAt(const std::vector<Stretch>& stretches, SplitBehavior behavior);

} // namespace finescope::engine
