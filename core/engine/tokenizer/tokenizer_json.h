#pragma once

#include "core/engine/tokenizer/bpe.h"
#include "core/engine/tokenizer/pipeline.h"
#include "core/engine/tokenizer/unigram.h"
#include "core/engine/tokenizer/word_piece.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace finescope::engine {

/// The file tokenizer.json of the `tokenizers` package, version 1.0.
struct TokenizerJson {
    NormalizerSteps normalizer;
    PreTokenizerSteps preTokenizer;
    std::variant<WordPieceOptions, BpeOptions, UnigramOptions> modelOptions;
    std::unique_ptr<SubwordModel> model;
    Framing framing; ///< truncates where "truncation" says
    std::vector<AddedToken> added;
    std::string padToken; ///< of "padding"; empty if it is not there
};

/// Reads it. A part that is not understood is refused by its name, and so is what says nothing of its
/// meaning. Throws Error{badFile} naming the file and the part.
[[nodiscard]] TokenizerJson readTokenizerJson(const std::filesystem::path& path);

// Its parts; `value` is null where there is none, `where` begins messages.
[[nodiscard]] NormalizerSteps parseNormalizer(const nlohmann::json& value, const std::string& where);
[[nodiscard]] PreTokenizerSteps parsePreTokenizer(const nlohmann::json& value, const std::string& where);
[[nodiscard]] Framing parsePostProcessor(const nlohmann::json& value, const std::string& where);

} // namespace finescope::engine
