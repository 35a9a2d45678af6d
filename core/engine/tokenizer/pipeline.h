#pragma once

#include "core/engine/tokenizer/added_tokens.h"
#include "core/engine/tokenizer/framing.h"
#include "core/engine/tokenizer/normalizer.h"
#include "core/engine/tokenizer/pre_tokenizer.h"
#include "core/engine/tokenizer/subword_model.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace finescope::engine {

/// What a tokenizer does, in this order: added tokens are found, what lies between them is normalised, cut
/// into words and these into tokens; special tokens frame the whole.
struct TokenizerParts {
    std::vector<AddedToken> added; ///< each with its id
    NormalizerSteps normalizer;
    PreTokenizerSteps preTokenizer;
    std::unique_ptr<SubwordModel> model;
    Framing framing;
    bool givesTypeIds = true; ///< else all are 0, whatever the framing says
    std::optional<std::int64_t> padId, maskId;
};

/// The tokenizer of these parts. Throws Error{badFile}, beginning with `where`, if two added tokens are the
/// same once normalised.
[[nodiscard]] std::unique_ptr<Tokenizer> makeTokenizer(TokenizerParts parts, const std::string& where);

} // namespace finescope::engine
