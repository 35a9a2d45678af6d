#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <cstdint>
#include <vector>

namespace finescope::engine {

/// A float64 encoder of few layers, a small vocabulary and two heads (`width` is even), every parameter
/// random and of an effect. The same seed gives the same weights.
[[nodiscard]] Encoder randomEncoder(Architecture architecture, std::int64_t width, std::uint64_t seed);

/// `count` samples of 2 to 9 tokens, many of them repeated, of both types where the architecture has two;
/// some hold the pad id as a token.
[[nodiscard]] std::vector<Encoding> randomSamples(const EncoderConfig& config, std::int64_t count,
                                                  std::uint64_t seed);

} // namespace finescope::engine
