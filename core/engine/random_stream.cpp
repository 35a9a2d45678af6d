#include "core/engine/random_stream.h"

#include <numeric>
#include <utility>

namespace finescope::engine {

std::uint64_t streamSeed(std::int64_t runSeed, RandomStream stream) {
    RandomBits bits(static_cast<std::uint64_t>(runSeed));
    return bits.next() ^ RandomBits(static_cast<std::uint64_t>(stream)).next();
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
