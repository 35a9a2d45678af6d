#pragma once

#include "core/engine/tokenizer/added_tokens.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// What a class of transformers does, as far as token ids go.
enum class TokenizerClass {
    notSaid,
    bert, ///< builds WordPiece around a vocabulary, by options; so does mpnet
    mpnet,
    roberta, ///< builds byte-level BPE around a vocabulary, by options; so do the next two
    gpt2,
    qwen2,
    sentencePiece, ///< takes a tokenizer.json of Unigram as it is
    llama,         ///< takes a tokenizer.json of BPE as it is
    asWritten      ///< takes tokenizer.json as it is
};

/// The names of special tokens, in the order in which transformers adds them.
constexpr std::array<std::string_view, 7> kSpecialNames = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                           "pad_token", "cls_token", "mask_token"};

/// What tokenizer_config.json, special_tokens_map.json, added_tokens.json and config.json say of a tokenizer;
/// each has a default, as any of them may be missing.
struct TokenizerOptions {
    TokenizerClass tokenizerClass = TokenizerClass::notSaid;
    std::string classSource; ///< for messages: where the class is said, and its name
    /// What transformers takes for the "model_type" of config.json where no class is said, and where it is
    /// said.
    TokenizerClass modelTypeClass = TokenizerClass::notSaid;
    std::string modelTypeSource;
    std::filesystem::path config; ///< tokenizer_config.json
    std::optional<bool> addPrefixSpace, lowerCase, chineseCharacters, stripAccents, truncateLeft;
    std::optional<bool> addBegin, addEnd; ///< "add_bos_token", "add_eos_token"
    std::optional<bool> givesTypeIds;
    /// Special tokens under their names in transformers ("cls_token", ...).
    std::map<std::string, AddedToken, std::less<>> special;
    std::set<std::string, std::less<>> withoutFlags; ///< those of them that are given as text alone
    std::vector<AddedToken> extra;                   ///< special tokens without a name
    /// "added_tokens_decoder" of tokenizer_config.json, by id: where it is there, it is all.
    std::optional<std::vector<AddedToken>> decoder;
    std::vector<AddedToken> added; ///< added_tokens.json, by id; read where there is no decoder

    /// The special token of that name, if it is given.
    [[nodiscard]] const AddedToken* find(std::string_view name) const;
};

/// Reads the option files of a model folder, as transformers 5 does. Throws Error{badFile} naming file and
/// key, also for a class or an option that stands for another algorithm.
[[nodiscard]] TokenizerOptions readTokenizerOptions(const std::filesystem::path& folder);

/// A token given as an object, each flag of which is read; one that is missing is `normalized` as told, the
/// others false. `where` begins messages. Throws Error{badFile}.
[[nodiscard]] AddedToken parseAddedToken(const nlohmann::json& value, bool normalized,
                                         const std::string& where);

/// An id of a token. Throws Error{badFile}, beginning with `where`, if it is not one.
[[nodiscard]] std::int64_t parseTokenId(const nlohmann::json& value, const std::string& where);

} // namespace finescope::engine
