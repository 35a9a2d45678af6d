#include "core/engine/tokenizer/framing.h"

#include "core/error.h"

#include <algorithm>
#include <string>
#include <utility>

namespace finescope::engine {

namespace {

/// How much is left of two texts when together they may hold `most`: the shorter one keeps everything while
/// it takes less than half.
std::pair<std::size_t, std::size_t> longestFirst(std::size_t first, std::size_t second, std::size_t most) {
    if (first + second <= most) {
        return {first, second};
    }
    const std::size_t shorter = std::min(first, second);
    std::size_t keepShorter = shorter;
    std::size_t keepLonger = shorter > most ? shorter : std::max(shorter, most - shorter);
    if (keepShorter + keepLonger > most) {
        keepShorter = most / 2;
        keepLonger = keepShorter + most % 2;
    }
    return first <= second ? std::pair(keepShorter, keepLonger) : std::pair(keepLonger, keepShorter);
}

void cut(std::vector<std::int64_t>& ids, std::size_t keep, bool left) {
    const auto excess = static_cast<std::ptrdiff_t>(ids.size() - keep);
    if (left) {
        ids.erase(ids.begin(), ids.begin() + excess);
    } else {
        ids.erase(ids.end() - excess, ids.end());
    }
}

} // namespace

Encoding frame(std::vector<std::int64_t> first, std::optional<std::vector<std::int64_t>> second,
               std::size_t maxLength, const Framing& framing) {
    const std::size_t framed = second ? 2 + framing.separatorsBetween : 2;
    if (maxLength < framed) {
        throw Error(ErrorKind::badInput, "a maximum length of " + std::to_string(maxLength) +
                                             " tokens cannot hold the " + std::to_string(framed) +
                                             " special tokens; use a larger --max-length");
    }
    const auto [keepFirst, keepSecond] =
        longestFirst(first.size(), second ? second->size() : 0, maxLength - framed);
    cut(first, keepFirst, framing.truncateLeft);

    Encoding encoding;
    encoding.ids.push_back(framing.first);
    encoding.ids.insert(encoding.ids.end(), first.begin(), first.end());
    encoding.ids.push_back(framing.separator);
    encoding.typeIds.assign(encoding.ids.size(), 0);
    if (second) {
        cut(*second, keepSecond, framing.truncateLeft);
        encoding.ids.insert(encoding.ids.end(), framing.separatorsBetween - 1, framing.separator);
        encoding.ids.insert(encoding.ids.end(), second->begin(), second->end());
        encoding.ids.push_back(framing.separator);
        encoding.typeIds.resize(encoding.ids.size(), framing.secondTypeId);
    }
    return encoding;
}

} // namespace finescope::engine
