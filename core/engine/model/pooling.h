#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace finescope::engine {

/// Which part of the last hidden state becomes the feature vector: the first token's, the mean over unmasked
/// tokens, or the last unmasked token's.
enum class Pooling { first, mean, last };

/// With the names that options and run files have for them.
inline constexpr std::array<std::pair<std::string_view, Pooling>, 3> kPoolings{
    {{"first", Pooling::first}, {"mean", Pooling::mean}, {"last", Pooling::last}}};

[[nodiscard]] std::string poolingName(Pooling pooling);
/// Throws Error{badInput} where there is none of that name.
[[nodiscard]] Pooling poolingOf(std::string_view name);

} // namespace finescope::engine
