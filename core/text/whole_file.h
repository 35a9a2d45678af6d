#pragma once

#include <filesystem>
#include <string>

namespace finescope::text {

/// All bytes of a file. Throws Error{badFile} naming it if it is missing or cannot be read.
[[nodiscard]] std::string readWhole(const std::filesystem::path& path);

} // namespace finescope::text
