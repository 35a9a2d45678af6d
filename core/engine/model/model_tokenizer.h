#pragma once

#include "core/engine/model/config.h"
#include "core/engine/model/model_folder.h"
#include "core/engine/tokenizer/tokenizer.h"

#include <filesystem>
#include <memory>

namespace finescope::engine {

/// The tokenizer of a model (see loadTokenizer), all of whose ids and type ids its encoder embeds. Throws
/// Error{badFile} naming the key of config.json that is too small.
[[nodiscard]] std::unique_ptr<Tokenizer> loadModelTokenizer(const ModelFolder& model,
                                                            const EncoderConfig& config);
/// The same of what openModelFolder finds there.
[[nodiscard]] std::unique_ptr<Tokenizer> loadModelTokenizer(const std::filesystem::path& folder,
                                                            const EncoderConfig& config);

/// Copies the files of a tokenizer's folder into a folder that saveCheckpoint wrote, and into its config.json
/// the class that the other config.json, if there is one, says: both folders make the same ids. Throws
/// Error{internal} naming the file that cannot be written.
void copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace finescope::engine
