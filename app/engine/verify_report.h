#pragma once

#include "core/analysis/claims/claims.h"
#include "core/engine/theory/verification.h"

#include <span>
#include <string>

namespace finescope::app {

/// The results of a verification as text for people: a table of the checks, then the laboratory in short.
[[nodiscard]] std::string verificationText(const engine::Verification& verification);

/// The claims with the numbers of each case, then how many hold, do not hold and were not tested.
[[nodiscard]] std::string claimsText(std::span<const analysis::Claim> claims);

} // namespace finescope::app
