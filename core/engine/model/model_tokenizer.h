#pragma once

#include "core/engine/model/config.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <filesystem>
#include <memory>

namespace finescope::engine {

/// The tokenizer of a model folder (see loadTokenizer), all of whose ids and type ids the encoder of that
/// folder embeds. Throws Error{badFile} naming the key of config.json that is too small.
[[nodiscard]] std::unique_ptr<Tokenizer> loadModelTokenizer(const std::filesystem::path& folder,
                                                            const EncoderConfig& config);

/// Copies the files of a folder's tokenizer into a folder that saveCheckpoint wrote, and into its config.json
/// the class that the other config.json says: both folders make the same ids. Throws Error{internal} naming
/// the file that cannot be written.
void copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace finescope::engine
