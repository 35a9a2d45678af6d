#pragma once

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// What a run draws random numbers for. Each has its own stream, so that the head and the order of rows of a
/// seed are the same whatever the method.
enum class RandomStream : std::uint64_t {
    head = 1,
    lora = 2,
    probeOrder = 3,
    trainingOrder = 4,
    dropout = 5,
    kernelTrain = 6,
    kernelTest = 7,
    kernelWords = 8,
    splitOrder = 9,
    demoTask = 101,
    demoVocabulary = 102,
    demoWeights = 103,
    demoPretraining = 104,
};

/// The seed of one stream of a run.
[[nodiscard]] std::uint64_t streamSeed(std::int64_t runSeed, RandomStream stream);

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
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1).
    [[nodiscard]] double unit();

private:
    std::uint64_t m_state;
};

/// 0 .. count-1 in random order.
[[nodiscard]] std::vector<std::int64_t> shuffledRows(std::int64_t count, RandomBits& bits);

} // namespace finescope::engine
