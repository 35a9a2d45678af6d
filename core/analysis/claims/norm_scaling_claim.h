#pragma once

#include "core/analysis/claims.h"
#include "core/analysis/claims/claim_study.h"

namespace finescope::analysis {

/// C15, on the norm that the classifier starts fine-tuning with. PAPER E5, Fig. 3, 10 and 11.
[[nodiscard]] Claim normScalingClaim(const ClaimStudy& study);

} // namespace finescope::analysis
