#pragma once

#include <cstdint>
#include <limits>

namespace finescope {

/// A small random number generator whose sequence is the same on every machine and standard library
/// (splitmix64; Steele et al. 2014).
class RandomBits {
public:
    explicit RandomBits(std::uint64_t seed) : m_state(seed) {}
    [[nodiscard]] std::uint64_t next() {
        m_state += 0x9E3779B97F4A7C15U;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    /// Uniform in 0 .. bound-1, without bias; bound >= 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
        // Numbers of an incomplete last round would favour the small results.
        const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / bound * bound;
        std::uint64_t drawn = next();
        while (drawn >= limit) {
            drawn = next();
        }
        return drawn % bound;
    }
    /// Uniform in [0, 1).
    [[nodiscard]] double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

private:
    std::uint64_t m_state;
};

} // namespace finescope
