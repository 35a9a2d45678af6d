#pragma once

#include "core/engine/tokenizer/tokenizer.h"

#include <filesystem>
#include <memory>

namespace finescope::engine {

/// The WordPiece tokenizer of vocab.txt, with BERT's clean-up, spaces around ideographs, accents (stripped
/// where strip_accents says so or, where it is null, with do_lower_case) and lower-casing. Throws
/// Error{badFile} naming file and line.
[[nodiscard]] std::unique_ptr<Tokenizer> loadWordPiece(const std::filesystem::path& modelFolder);

} // namespace finescope::engine
