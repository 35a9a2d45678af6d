#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C1 to C3, on the norm of the classifier. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> normClaims(const ClaimStudy& study);

} // namespace finescope::analysis
