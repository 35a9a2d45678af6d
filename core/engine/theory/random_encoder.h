#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// A float64 encoder of a family's small size (Family::small), every parameter random and with an effect. The
/// same seed gives the same weights.
[[nodiscard]] Encoder randomEncoder(std::string_view family, std::int64_t width, std::uint64_t seed);
/// The same of an encoder of any size.
[[nodiscard]] Encoder randomEncoder(const EncoderConfig& config, std::uint64_t seed);

/// `count` samples of 2 to 9 tokens, many of them repeated, of both types where the family has two;
/// some hold the pad id as a token.
[[nodiscard]] std::vector<Encoding> randomSamples(const EncoderConfig& config, std::int64_t count,
                                                  std::uint64_t seed);

} // namespace finescope::engine
