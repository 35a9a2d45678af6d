#pragma once

#include "core/engine/tokenizer/subword_model.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace finescope::engine {

struct UnigramOptions {
    std::optional<std::size_t> unknown; ///< the id of what no token holds; one for a run of such characters
    bool byteFallback = false; ///< the bytes of what no token holds, as "<0x0A>", where all are tokens
    bool operator==(const UnigramOptions&) const = default;
};

/// A unigram language model: of all ways to cut a word into tokens the one of the largest sum of log
/// probabilities; what no token holds costs ten more than the least likely token. `tokens`: each with its log
/// probability, the place being the id; of one that comes twice the last counts. Throws Error{badFile},
/// beginning with `where`, where there are no tokens or the unknown one is none of them. Kudo 2018; ties and
/// bytes as in the `tokenizers` package.
[[nodiscard]] std::unique_ptr<SubwordModel>
makeUnigram(const std::vector<std::pair<std::string, double>>& tokens, const UnigramOptions& options,
            const std::string& where);

} // namespace finescope::engine
