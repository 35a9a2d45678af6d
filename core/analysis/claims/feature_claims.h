#pragma once

#include "core/analysis/claims.h"
#include "core/analysis/claims/claim_study.h"

namespace finescope::analysis {

/// C4 to C7, on what fine-tuning does to features. PAPER 2.2 to 2.4, Tables 1, 11 and 12.
[[nodiscard]] std::vector<Claim> featureClaims(const ClaimStudy& study);

} // namespace finescope::analysis
