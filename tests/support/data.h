#pragma once

#include <filesystem>

namespace finescope::tests {

/// The root of the project's sources.
inline std::filesystem::path sourceRoot() {
    return FINESCOPE_SOURCE_DIR;
}

/// The shared data beside the project; may be absent: then a test QSKIPs, naming the file it misses.
inline std::filesystem::path sharedData() {
    return sourceRoot().parent_path() / "shared" / "data";
}

} // namespace finescope::tests
