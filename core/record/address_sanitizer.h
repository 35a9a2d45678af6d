#pragma once

namespace finescope::record {

/// Whether this program checks its memory by AddressSanitizer, which wants address space without limits and
/// to be loaded first. GCC and Clang say so in different ways.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
inline constexpr bool kAddressSanitizer = __has_feature(address_sanitizer);
#else
inline constexpr bool kAddressSanitizer = false;
#endif

} // namespace finescope::record
