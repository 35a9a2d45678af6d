#pragma once

#include <string>
#include <vector>

namespace finescope::window {

/// The hidden command of this program that record::FileProbe starts.
inline constexpr const char* kProbeCommand = "probe-files";

/// This program, run once more with that command.
[[nodiscard]] inline std::vector<std::string> probeCommand() {
    return {"/proc/self/exe", kProbeCommand};
}

} // namespace finescope::window
