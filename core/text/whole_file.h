#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace finescope::text {

/// More than any text that is read as a whole; a file of holes may claim a million times as much.
inline constexpr std::uint64_t kMostWholeBytes = std::uint64_t{4} << 30U;

/// The size of a file in bytes. Throws Error{badFile} naming it if it is missing, a folder, or a pipe or
/// device, of which reading might never end.
std::uint64_t requireFile(const std::filesystem::path& path);

/// All bytes of a regular file; a pipe or device is never waited for. Throws Error{badFile} naming it if it
/// is missing, cannot be read, is no regular file, has more than `mostBytes` (with the number and the limit),
/// or is a stand-in for the file (see stand_in.h).
[[nodiscard]] std::string readWhole(const std::filesystem::path& path,
                                    std::uint64_t mostBytes = kMostWholeBytes);

} // namespace finescope::text
