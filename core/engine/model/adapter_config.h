#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace finescope::engine {

/// `adapter_config.json` of a folder that the library peft saved: low-rank updates (LoRA) of a base model.
/// Source: Hu et al. 2021; scale with square roots: Kalajdzievski 2023.
struct AdapterConfig {
    std::string baseModel; ///< path or name of the model that it is laid over; may be empty
    std::int64_t rank = 8;
    double alpha = 8;
    bool scaledByRoot = false; ///< the scale is alpha / sqrt(rank), else alpha / rank
    /// Of modules whose names are a key, or end with a dot and a key.
    std::map<std::string, double, std::less<>> rankPattern, alphaPattern;

    /// Rank and scale of the update of a module of the base model. Throws Error{badFile} where two keys that
    /// say different numbers fit: peft takes the first, and files need not keep the order.
    [[nodiscard]] std::int64_t rankOf(std::string_view module) const;
    [[nodiscard]] double scaleOf(std::string_view module) const;
};

inline constexpr const char* kAdapterConfig = "adapter_config.json";
/// What to do with an adapter that cannot be laid over its base model here.
inline constexpr const char* kMergeRemedy =
    "; merge it into its base model once with peft (merge_and_unload, then save_pretrained) and name that "
    "folder";

/// Throws Error{badFile} naming file and key: for adapters other than LoRA, variants of it that are another
/// function (DoRA, ...), first values that change the base model (PiSSA, ...), and patterns that are more
/// than names.
[[nodiscard]] AdapterConfig readAdapterConfig(const std::filesystem::path& folder);

} // namespace finescope::engine
