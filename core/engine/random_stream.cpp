#include "core/engine/random_stream.h"

#include <limits>
#include <numeric>
#include <utility>

namespace finescope::engine {

std::uint64_t streamSeed(std::int64_t runSeed, RandomStream stream) {
    RandomBits bits(static_cast<std::uint64_t>(runSeed));
    return bits.next() ^ RandomBits(static_cast<std::uint64_t>(stream)).next();
}

std::uint64_t RandomBits::below(std::uint64_t bound) {
    // Numbers of an incomplete last round would favour the small results.
    const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    std::uint64_t drawn = next();
    while (drawn >= limit) {
        drawn = next();
    }
    return drawn % bound;
}

double RandomBits::unit() {
    return static_cast<double>(next() >> 11U) * 0x1p-53;
}

std::vector<std::int64_t> shuffledRows(std::int64_t count, RandomBits& bits) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), 0);
    for (std::size_t i = rows.size(); i > 1; --i) {
        std::swap(rows[i - 1], rows[bits.below(i)]);
    }
    return rows;
}

} // namespace finescope::engine
