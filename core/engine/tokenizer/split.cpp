#include "core/engine/tokenizer/split.h"

#include <algorithm>

namespace finescope::engine {

namespace {

/// Joins a stretch to the one before where `joins(stretch, whether the last one seen was a match)`.
template <typename Joins>
std::vector<Stretch> joined(const std::vector<Stretch>& stretches, Joins&& joins) {
    std::vector<Stretch> words;
    bool lastMatch = false;
    for (const Stretch& stretch : stretches) {
        if (!words.empty() && joins(stretch, lastMatch)) {
            words.back().begin = std::min(words.back().begin, stretch.begin);
            words.back().end = std::max(words.back().end, stretch.end);
        } else {
            words.push_back(stretch);
        }
        lastMatch = stretch.match;
    }
    return words;
}

} // namespace

std::vector<Stretch> wordsAt(const std::vector<Stretch>& stretches, SplitBehavior behavior) {
    const auto firstOfARun = [](const Stretch& stretch, bool lastMatch) {
        return stretch.match && !lastMatch;
    };
    switch (behavior) {
    case SplitBehavior::isolated:
        break;
    case SplitBehavior::removed: {
        std::vector<Stretch> words = stretches;
        std::erase_if(words, [](const Stretch& stretch) { return stretch.match; });
        return words;
    }
    case SplitBehavior::contiguous:
        return joined(stretches,
                      [](const Stretch& stretch, bool lastMatch) { return stretch.match == lastMatch; });
    case SplitBehavior::mergedWithPrevious:
        return joined(stretches, firstOfARun);
    case SplitBehavior::mergedWithNext: {
        std::vector<Stretch> words =
            joined(std::vector<Stretch>(stretches.rbegin(), stretches.rend()), firstOfARun);
        std::ranges::reverse(words);
        return words;
    }
    }
    return stretches;
}

} // namespace finescope::engine
