#pragma once

#include "core/engine/tokenizer/tokenizer.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace finescope::engine {

/// The words that byte-level BPE never merges across (GPT-2's split): contractions; letters, numbers or other
/// signs, each with at most one space before; runs of spaces, the last of which goes to the word that
/// follows. Views into `text`. Radford et al. 2019.
[[nodiscard]] std::vector<std::u32string_view> splitByteLevelWords(std::u32string_view text);

/// The byte-level BPE tokenizer of vocab.json and merges.txt. Throws Error{badFile} naming file and line.
[[nodiscard]] std::unique_ptr<Tokenizer> loadByteBpe(const std::filesystem::path& modelFolder);

} // namespace finescope::engine
