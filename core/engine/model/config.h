#pragma once

#include "core/engine/model/layer_settings.h"
#include "core/engine/model/pooling.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace finescope::engine {

/// `config.json` of a Hugging Face model: its encoder, or a decoder without its head.
struct EncoderConfig {
    std::string family = "roberta"; ///< a name in the list of families (architecture/families.h)
    std::int64_t hiddenSize = 0, layers = 0, heads = 0, intermediateSize = 0;
    std::int64_t vocabularySize = 0;
    std::int64_t maxPositions = 0;       ///< rows of the position table, or the longest input without one
    std::int64_t typeVocabularySize = 0; ///< 0: no table of token types
    std::int64_t padId = 0;
    bool padLearns = false; ///< the pad id's row of the word table is a row like others
    double layerNormEpsilon = 1e-12;
    double hiddenDropout = 0.1, attentionDropout = 0.1;

    // What is as in BERT unless a family says otherwise.
    std::optional<double> embeddingDropout; ///< of the first layer's input; hiddenDropout where it is empty
    std::int64_t embeddingSize = 0;         ///< width of the tables where it is another; 0: hiddenSize
    std::int64_t relativeBuckets = 0;       ///< rows of a table of relative positions; 0: there is none
    bool positionsInInput = true;           ///< the family's position table, if it has one, is there
    DisentangledSettings disentangled;      ///< of families whose attention is disentangled
    PreNormSettings preNorm;                ///< of families whose norms come before

    /// Longest input in tokens: where positions start after the pad id, fewer than there are rows.
    [[nodiscard]] std::int64_t maxLength() const;
    /// Entries of a row of the word table.
    [[nodiscard]] std::int64_t tableWidth() const { return embeddingSize > 0 ? embeddingSize : hiddenSize; }
    /// Entries of a row of the table of relative positions: disentangled attention reads it as it reads
    /// tokens, else it holds what is added to the scores of each head.
    [[nodiscard]] std::int64_t relativeWidth() const { return disentangled.used() ? hiddenSize : heads; }
    /// Entries of the queries of one head.
    [[nodiscard]] std::int64_t headWidth() const {
        return preNorm.headWidth > 0 ? preNorm.headWidth : hiddenSize / heads;
    }
    /// How many heads have keys and values of their own.
    [[nodiscard]] std::int64_t keyValueHeads() const {
        return preNorm.keyValueHeads > 0 ? preNorm.keyValueHeads : heads;
    }
};

/// Reads and validates `folder`/config.json. Error{badFile} names the key that is missing, out of range or
/// says something other than what its family computes (another activation, another kind of positions).
[[nodiscard]] EncoderConfig readEncoderConfig(const std::filesystem::path& folder);

/// Writes `folder`/config.json under the names readEncoderConfig and transformers read, by temporary file and
/// rename. Throws Error{internal} if the file cannot be written.
void writeEncoderConfig(const EncoderConfig& config, const std::filesystem::path& folder);

} // namespace finescope::engine
