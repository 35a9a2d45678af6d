#pragma once

#include "core/engine/theory/verification.h"

#include <string>

namespace finescope::app {

/// The results of a verification as text for people: a table of the checks, then the laboratory in short.
[[nodiscard]] std::string verificationText(const engine::Verification& verification);

} // namespace finescope::app
