#pragma once

#include "core/engine/tokenizer/framing.h"
#include "core/engine/tokenizer/normalizer.h"
#include "core/engine/tokenizer/pre_tokenizer.h"
#include "core/engine/tokenizer/tokenizer_files.h"
#include "core/engine/tokenizer/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace finescope::engine {

/// Whether the class builds a tokenizer around a vocabulary, and needs no tokenizer.json.
[[nodiscard]] bool isBuilt(TokenizerClass which);
/// The model of such a class, or of the tokenizer.json that the class takes.
enum class ModelKind { wordPiece, bpe, unigram };
[[nodiscard]] std::optional<ModelKind> classModel(TokenizerClass which);

/// What a class that is built has around its model in transformers 5.
[[nodiscard]] NormalizerSteps classNormalizer(TokenizerClass which, const TokenizerOptions& options);
[[nodiscard]] PreTokenizerSteps classPreTokenizer(TokenizerClass which, const TokenizerOptions& options);
/// Whether its special tokens frame a text, whatever tokenizer.json says.
[[nodiscard]] bool hasOwnFraming(TokenizerClass which);
/// `idOf` has the id of a special token by its name ("cls_token").
[[nodiscard]] Framing classFraming(TokenizerClass which, const TokenizerOptions& options,
                                   const std::function<std::optional<std::int64_t>(std::string_view)>& idOf);
/// The name of a special token where no file gives it; empty if the class has none.
[[nodiscard]] std::string_view classToken(TokenizerClass which, std::string_view name);

/// Adds tokens one by one to a vocabulary, as transformers does: one that is in the vocabulary has its id,
/// any other the next.
class TokenAdder {
public:
    /// `size`: the number of the model's tokens. `where` begins messages: the file of the vocabulary, which
    /// must outlive this.
    TokenAdder(const Vocabulary& vocabulary, std::size_t size, std::string where);

    /// Adds a token; one that is known already is passed over if it is the same. Throws Error{badFile} if it
    /// is known with other properties, or if its own id is not the one it gets.
    void add(AddedToken token);
    [[nodiscard]] const AddedToken* find(std::string_view content) const;
    [[nodiscard]] std::optional<std::int64_t> idOf(std::string_view content) const;
    [[nodiscard]] const std::vector<AddedToken>& tokens() const { return m_tokens; }

private:
    [[nodiscard]] std::int64_t next() const;

    const Vocabulary& m_vocabulary;
    std::size_t m_size;
    std::string m_where;
    std::vector<AddedToken> m_tokens;
    std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> m_places;
    std::int64_t m_largestAdded = -1, m_largestKnown = -1;
};

/// Adds the special tokens that the options name or, for a class, that are its own and in the vocabulary.
void addSpecialTokens(TokenAdder& adder, TokenizerClass which, const TokenizerOptions& options,
                      const Vocabulary& vocabulary);

/// The id of a special token that the options name or, for a class, of its own. Throws Error{badFile},
/// beginning with `where`, if it is not in the vocabulary.
[[nodiscard]] std::int64_t specialId(const TokenAdder& adder, TokenizerClass which,
                                     const TokenizerOptions& options, std::string_view name,
                                     const std::string& where);

} // namespace finescope::engine
