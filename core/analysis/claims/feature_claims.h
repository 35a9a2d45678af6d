#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C4 to C7, on what fine-tuning does to features. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> featureClaims(const ClaimStudy& study);

} // namespace finescope::analysis
