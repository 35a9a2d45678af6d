#pragma once

#include <filesystem>
#include <string>

namespace finescope::text {

/// All bytes of a file. Throws Error{badFile} naming it if it is missing, cannot be read, or is a stand-in
/// for the file (see stand_in.h).
[[nodiscard]] std::string readWhole(const std::filesystem::path& path);

} // namespace finescope::text
