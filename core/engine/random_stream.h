#pragma once

#include "core/random_bits.h"

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

/// 0 .. count-1 in random order.
[[nodiscard]] std::vector<std::int64_t> shuffledRows(std::int64_t count, RandomBits& bits);

} // namespace finescope::engine
