#pragma once

#include <cstddef>

namespace finescope {

/// More classes than these are refused wherever other people's files name them: nobody tells as many apart,
/// and every one of them costs memory in all that is computed later.
inline constexpr std::size_t kMostClasses = 100'000;

} // namespace finescope
