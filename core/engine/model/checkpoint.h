#pragma once

#include "core/engine/model/encoder.h"
#include "core/engine/model/model_folder.h"

#include <filesystem>
#include <map>
#include <string>

namespace finescope::engine {

/// A pre-trained encoder with what identifies its files.
struct Checkpoint {
    Encoder encoder{nullptr};
    /// By name, of the files in its folder: config.json and the weights, or those of an adapter.
    std::map<std::string, std::string> sha256;
    std::map<std::string, std::string> baseSha256; ///< of config.json and weights of an adapter's base model
};

/// In eval mode. Loads config.json and model.safetensors (F64, F32, F16, BF16), or the files that
/// model.safetensors.index.json names, of a Hugging Face folder; names with or without the family's prefix,
/// gamma/beta spellings too; heads and poolers are passed over. Throws Error{badFile} naming the file and the
/// tensor; `pytorch_model.bin` alone is refused with the one-line conversion. An adapter is merged into the
/// weights: its encoder is one like others.
[[nodiscard]] Checkpoint loadCheckpoint(const ModelFolder& model);
/// The same of what openModelFolder finds there.
[[nodiscard]] Checkpoint loadCheckpoint(const std::filesystem::path& folder);

/// Writes config.json and model.safetensors (F32) under the Hugging Face names, each by temporary file and
/// rename; LoRA updates are folded into the weights. Throws Error{internal} if a file cannot be written.
void saveCheckpoint(const Encoder& encoder, const std::filesystem::path& folder);

} // namespace finescope::engine
