#pragma once

#include "core/engine/tokenizer/added_tokens.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace finescope::engine {

using Vocabulary = std::unordered_map<std::string, std::int64_t>;

/// What tokenizer_config.json and special_tokens_map.json say; each has a default, as either may be missing.
struct TokenizerOptions {
    std::optional<bool> addPrefixSpace, lowerCase, chineseCharacters, stripAccents;
    bool truncateLeft = false;
    /// Under the names of transformers ("cls_token", ...); ids are filled in from the vocabulary by resolve.
    std::unordered_map<std::string, AddedToken> special;
    std::vector<AddedToken> added; ///< the other added tokens
};

/// Reads the two option files and added_tokens.json of a model folder. Throws Error{badFile} naming file and
/// key.
[[nodiscard]] TokenizerOptions readTokenizerOptions(const std::filesystem::path& folder);

/// The ids of the special tokens that frame a text, and every added token with its id.
struct SpecialTokens {
    std::int64_t first = 0, separator = 0, pad = 0, unknown = 0;
    std::optional<std::int64_t> mask;
    std::vector<AddedToken> all;
};

/// The names of the special tokens where no file gives them.
struct SpecialNames {
    std::string_view first, separator, pad, unknown, mask;
};

/// Looks the special tokens up in the vocabulary; added tokens that it lacks keep their own ids. Throws
/// Error{badFile} naming `vocabularyFile` and the token that is missing.
[[nodiscard]] SpecialTokens resolveSpecialTokens(const TokenizerOptions& options, const SpecialNames& names,
                                                 const Vocabulary& vocabulary,
                                                 const std::filesystem::path& vocabularyFile);

} // namespace finescope::engine
