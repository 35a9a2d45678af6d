#pragma once

#include <filesystem>
#include <optional>

namespace finescope::engine {

/// Where the parts of a model lie.
struct ModelFolder {
    std::filesystem::path folder;    ///< as it was named
    std::filesystem::path base;      ///< holds config.json and the weights; the same unless `adapted`
    std::filesystem::path tokenizer; ///< holds the tokenizer's files: `folder`, or `base` where it has none
    bool adapted = false;            ///< `folder` holds an adapter, which is laid over the weights
};

/// Whether the folder is one of peft: it holds adapter_config.json, which wins over a config.json beside it.
[[nodiscard]] bool isAdapterFolder(const std::filesystem::path& folder);

/// Looks what a folder is. The base model of an adapter is `base`, or else the folder that
/// adapter_config.json names: absolute, relative to the adapter's folder or to the working directory, or a
/// folder of its last name beside the adapter's. Throws Error{badFile} if there is no such folder, for an
/// adapter without a base model or one that is not LoRA (as readAdapterConfig), and for the output folder of
/// a Trainer that holds no model but checkpoint-N, naming the last; Error{badInput} if `base` is given for a
/// folder that is no adapter.
[[nodiscard]] ModelFolder openModelFolder(const std::filesystem::path& folder,
                                          const std::optional<std::filesystem::path>& base = std::nullopt);

} // namespace finescope::engine
