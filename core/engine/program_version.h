#pragma once

#include <string>

namespace finescope::engine {

/// Program and version, as run files name their creator.
[[nodiscard]] std::string programVersion();

} // namespace finescope::engine
