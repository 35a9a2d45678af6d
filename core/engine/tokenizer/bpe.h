#pragma once

#include "core/engine/tokenizer/subword_model.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace finescope::engine {

struct Merge {
    std::int64_t rank, id;
};
/// Ranks and results of merges by the pair of ids that they join.
using Merges = std::unordered_map<std::uint64_t, Merge>;

/// Adds the merge of two tokens, the latest of a pair counting. Throws Error{badFile}, beginning with
/// `where`, if one of the three tokens is not in the vocabulary.
void addMerge(Merges& merges, std::string_view left, std::string_view right, std::int64_t rank,
              const Vocabulary& vocabulary, const std::string& where);

struct BpeOptions {
    /// Stands for a character that the vocabulary lacks; empty: the character is left out.
    std::string unknown;
    bool fuseUnknown = false;  ///< one for a run of them
    bool ignoreMerges = false; ///< a word that is a token is that token
    bool byteFallback = false; ///< the bytes of such a character, as "<0x0A>", where all of them are tokens
    bool operator==(const BpeOptions&) const = default;
};

/// Byte-pair encoding: characters, of which neighbours are joined, the pair of lowest rank first and the
/// leftmost of equals. Throws Error{badFile}, beginning with `where`, if the vocabulary lacks the unknown
/// token. Sennrich et al. 2016.
[[nodiscard]] std::unique_ptr<SubwordModel> makeBpe(Vocabulary vocabulary, Merges merges,
                                                    const BpeOptions& options, const std::string& where);

/// The merges of merges.txt. Throws Error{badFile} naming file and line.
[[nodiscard]] Merges readMerges(const std::filesystem::path& path, const Vocabulary& vocabulary);

} // namespace finescope::engine
