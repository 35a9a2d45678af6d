#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace finescope::engine {

/// Finds text by a view of it.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

/// The id of each token, which is UTF-8.
using Vocabulary = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

} // namespace finescope::engine
