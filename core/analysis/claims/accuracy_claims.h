#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C19 to C21, on accuracy in and out of distribution. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> accuracyClaims(const ClaimStudy& study);

} // namespace finescope::analysis
