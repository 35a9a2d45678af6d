#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace finescope::text {

/// The size of a file in bytes. Throws Error{badFile} naming it if it is missing, a folder, or a pipe or
/// device, of which reading might never end.
std::uint64_t requireFile(const std::filesystem::path& path);

/// All bytes of a file. Throws Error{badFile} naming it if it is missing, cannot be read, or is a stand-in
/// for the file (see stand_in.h).
[[nodiscard]] std::string readWhole(const std::filesystem::path& path);

} // namespace finescope::text
