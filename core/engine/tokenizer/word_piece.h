#pragma once

#include "core/engine/tokenizer/subword_model.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace finescope::engine {

struct WordPieceOptions {
    std::string unknown = "[UNK]";
    std::string continuation = "##"; ///< before a token that goes on with a word
    std::size_t longestWord = 100;   ///< in code points; longer words are unknown
    bool operator==(const WordPieceOptions&) const = default;
};

/// WordPiece: the longest token that begins the word, then the longest that goes on, and so forth; one
/// unknown token if that ends nowhere. Throws Error{badFile}, beginning with `where`, if the vocabulary lacks
/// the unknown token. Wu et al. 2016.
[[nodiscard]] std::unique_ptr<SubwordModel> makeWordPiece(Vocabulary vocabulary, WordPieceOptions options,
                                                          const std::string& where);

/// The tokens of vocab.txt, one a line; one that comes twice keeps its last line, as in transformers. Throws
/// Error{badFile} naming the file.
[[nodiscard]] Vocabulary readVocabularyLines(const std::filesystem::path& path);

} // namespace finescope::engine
