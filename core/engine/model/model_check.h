#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace finescope::engine {

/// One part of a model folder, and what was found.
struct ModelFinding {
    std::string part; ///< "config", "weights" or "tokenizer"
    bool usable = false;
    std::string words; ///< what it is, or why it is refused
};

/// What a Hugging Face folder is: its family and sizes, its weights (all there, of the right shape; their
/// values are not read) and its tokenizer. Parts that cannot be judged because config.json is refused are
/// left out.
[[nodiscard]] std::vector<ModelFinding> checkModel(const std::filesystem::path& folder);

} // namespace finescope::engine
