#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace finescope::engine {

/// One part of a model folder, and what was found.
struct ModelFinding {
    std::string part; ///< "config", "weights", "adapter" or "tokenizer"
    bool usable = false;
    std::string words; ///< what it is, or why it is refused
};

/// What a Hugging Face folder is: its family and sizes, its weights (all there, of the right shape; their
/// values are not read), the adapter over them if it is a folder of peft (as openModelFolder says, with
/// `base`), and its tokenizer. Parts that cannot be judged because one before them is refused are left out.
[[nodiscard]] std::vector<ModelFinding>
checkModel(const std::filesystem::path& folder,
           const std::optional<std::filesystem::path>& base = std::nullopt);

} // namespace finescope::engine
