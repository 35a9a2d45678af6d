#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// Token ids of one text or pair with its special tokens; typeIds has the same length.
struct Encoding {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> typeIds;
};

/// Text to token ids, equal id for id to the (fast) tokenizer of `transformers` for the same files.
/// Immutable; any thread.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    /// UTF-8 in; each maximal ill-formed sequence counts as U+FFFD. A pair is cut longest-first to
    /// `maxLength` ids, special tokens included. Throws Error{badInput} if maxLength cannot hold the special
    /// tokens, or if a text has what no token holds and the tokenizer has none for the unknown.
    [[nodiscard]] virtual Encoding encode(std::string_view first, std::optional<std::string_view> second,
                                          std::size_t maxLength) const = 0;
    /// Of the token that fills a batch, at its end whatever side the files say, as what is filled is masked;
    /// 0 where the tokenizer has none, as in GPT-2 and Llama.
    [[nodiscard]] virtual std::int64_t padId() const = 0;
    /// One more than the largest id: the rows that an embedding needs at least.
    [[nodiscard]] virtual std::int64_t vocabularySize() const = 0;
    /// One more than the largest type id of a text or a pair.
    [[nodiscard]] virtual std::int64_t typeCount() const = 0;
    /// Id of the mask token, for masked-language modelling; nullopt if the vocabulary has none.
    [[nodiscard]] virtual std::optional<std::int64_t> maskId() const = 0;
};

/// The tokenizer of a Hugging Face model folder: tokenizer.json (WordPiece, BPE, Unigram), which says most
/// and is taken where it is there; else vocab.txt (WordPiece), or vocab.json and merges.txt (byte-level BPE),
/// with options from tokenizer_config.json and its neighbours; where these name no class, the "model_type" of
/// config.json says how they are used. Refused are classes and parts that stand for another algorithm, and a
/// tokenizer.json that contradicts the class or the options beside it: transformers takes those, other
/// programs the file (README.md says which classes). Throws Error{badFile} naming the file and the place.
[[nodiscard]] std::unique_ptr<Tokenizer> loadTokenizer(const std::filesystem::path& modelFolder);

/// The files of the folder, by name, that its tokenizer is made of.
[[nodiscard]] std::vector<std::string> tokenizerFiles(const std::filesystem::path& modelFolder);

} // namespace finescope::engine
