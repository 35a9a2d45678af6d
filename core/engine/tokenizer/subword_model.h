#pragma once

#include "core/engine/tokenizer/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// What makes token ids of one word. Immutable; any thread.
class SubwordModel {
public:
    virtual ~SubwordModel() = default;
    /// Appends the ids of a word, which is not empty.
    virtual void append(std::u32string_view word, std::vector<std::int64_t>& ids) const = 0;
    [[nodiscard]] virtual const Vocabulary& vocabulary() const = 0;
    /// The number of tokens, of which two may be the same text.
    [[nodiscard]] virtual std::size_t size() const { return vocabulary().size(); }
};

} // namespace finescope::engine
