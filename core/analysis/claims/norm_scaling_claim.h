#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C15, on the norm that the classifier starts fine-tuning with. definitions.md, Claims.
[[nodiscard]] Claim normScalingClaim(const ClaimStudy& study);

} // namespace finescope::analysis
