#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace finescope::engine {

/// Which part of the last hidden state becomes the feature vector: the first token's, or the mean over
/// unmasked tokens.
enum class Pooling { first, mean };

/// `config.json` of a Hugging Face encoder.
struct EncoderConfig {
    std::string family = "roberta"; ///< a name in the list of families (architecture/families.h)
    std::int64_t hiddenSize = 0, layers = 0, heads = 0, intermediateSize = 0;
    std::int64_t vocabularySize = 0, maxPositions = 0, typeVocabularySize = 0;
    std::int64_t padId = 0;
    double layerNormEpsilon = 1e-12;
    double hiddenDropout = 0.1, attentionDropout = 0.1;

    /// Longest input in tokens: where positions start after the pad id, fewer than there are rows.
    [[nodiscard]] std::int64_t maxLength() const;
};

/// Reads and validates `folder`/config.json. Error{badFile} names the key that is missing, out of range or
/// says something other than what its family computes (another activation, relative positions, a decoder).
[[nodiscard]] EncoderConfig readEncoderConfig(const std::filesystem::path& folder);

/// Writes `folder`/config.json under the names readEncoderConfig and transformers read, by temporary file and
/// rename. Throws Error{internal} if the file cannot be written.
void writeEncoderConfig(const EncoderConfig& config, const std::filesystem::path& folder);

} // namespace finescope::engine
