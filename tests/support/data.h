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

/// Files after troubles of other programs' users (README.md there); may be absent, as above.
inline std::filesystem::path sharedCases() {
    return sourceRoot().parent_path() / "shared" / "cases";
}

} // namespace finescope::tests
