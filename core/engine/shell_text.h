#pragma once

#include <string>

namespace finescope::engine {

/// One word for a POSIX shell, in single quotes where it needs them.
[[nodiscard]] std::string shellQuoted(const std::string& word);

} // namespace finescope::engine
