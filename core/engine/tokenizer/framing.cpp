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

using Parts = std::vector<FramePart>;

using What = FramePart::What;

FramePart special(std::int64_t id, std::int64_t typeId = 0) {
    return {What::special, {id}, typeId};
}

FramePart text(What which, std::int64_t typeId = 0) {
    return {which, {}, typeId};
}

} // namespace

std::int64_t Framing::typeCount() const {
    std::int64_t count = 1;
    for (const Parts* const parts : {&single, &pair}) {
        for (const FramePart& part : *parts) {
            count = std::max(count, part.typeId + 1);
        }
    }
    return count;
}

Framing Framing::withoutTypes() const {
    Framing framing = *this;
    for (Parts* const parts : {&framing.single, &framing.pair}) {
        std::ranges::for_each(*parts, [](FramePart& part) { part.typeId = 0; });
    }
    return framing;
}

Framing bertFraming(std::int64_t first, std::int64_t separator) {
    const Parts single = {special(first), text(What::first), special(separator)};
    Parts pair = single;
    pair.insert(pair.end(), {text(What::second, 1), special(separator, 1)});
    return {single, pair};
}

Framing robertaFraming(std::int64_t first, std::int64_t separator) {
    const Parts single = {special(first), text(What::first), special(separator)};
    Parts pair = single;
    pair.insert(pair.end(), {special(separator), text(What::second), special(separator)});
    return {single, pair};
}

Framing plainFraming(std::optional<std::int64_t> begin, std::optional<std::int64_t> end) {
    Framing framing;
    const auto append = [&](Parts& parts, What which, std::int64_t typeId) {
        if (begin) {
            parts.push_back(special(*begin, typeId));
        }
        parts.push_back(text(which, typeId));
        if (end) {
            parts.push_back(special(*end, typeId));
        }
    };
    append(framing.single, What::first, 0);
    framing.pair = framing.single;
    append(framing.pair, What::second, 1);
    return framing;
}

Encoding frame(std::vector<std::int64_t> first, std::optional<std::vector<std::int64_t>> second,
               std::size_t maxLength, const Framing& framing) {
    const Parts& parts = second ? framing.pair : framing.single;
    std::size_t framed = 0;
    for (const FramePart& part : parts) {
        framed += part.ids.size();
    }
    if (maxLength < framed) {
        throw Error(ErrorKind::badInput, "a maximum length of " + std::to_string(maxLength) +
                                             " tokens cannot hold the " + std::to_string(framed) +
                                             " special tokens; use a larger --max-length");
    }
    const auto [keepFirst, keepSecond] =
        longestFirst(first.size(), second ? second->size() : 0, maxLength - framed);
    cut(first, keepFirst, framing.truncateLeft);
    if (second) {
        cut(*second, keepSecond, framing.truncateLeft);
    }
    Encoding encoding;
    for (const FramePart& part : parts) {
        const std::vector<std::int64_t>& ids = part.what == What::special ? part.ids
                                               : part.what == What::first ? first
                                                                          : *second;
        encoding.ids.insert(encoding.ids.end(), ids.begin(), ids.end());
        encoding.typeIds.resize(encoding.ids.size(), part.typeId);
    }
    return encoding;
}

} // namespace finescope::engine
