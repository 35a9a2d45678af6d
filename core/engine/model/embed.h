#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::engine {

/// One input of an encoder: a text, or a pair.
struct TextInput {
    std::string first;
    std::optional<std::string> second;
};

struct EmbedOptions {
    std::optional<Pooling> pooling; ///< as the family has it where it is empty
    std::size_t maxLength = 128;    ///< in tokens, special tokens included; at most the encoder's
};

/// What the encoder sees and makes of one input.
struct Embedding {
    std::vector<std::int64_t> tokens;
    std::vector<float> features; ///< phi [h]
};

/// Encodings of one batch, padded at the right to the longest of them, on the CPU.
[[nodiscard]] TokenBatch makeTokenBatch(std::span<const Encoding> encodings, std::int64_t padId);

/// Tokens and features of the inputs, as one batch: fewer than a hundred at a time is a good size. The
/// encoder is put into eval() mode; it may be on any device. Throws Error{badInput} if maxLength exceeds what
/// the encoder takes, Error{numeric} if features are not finite. The tokenizer is the encoder's
/// (loadModelTokenizer).
[[nodiscard]] std::vector<Embedding> embedTexts(Encoder& encoder, const Tokenizer& tokenizer,
                                                std::span<const TextInput> inputs,
                                                const EmbedOptions& options);

} // namespace finescope::engine
