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

} // namespace finescope::engine
