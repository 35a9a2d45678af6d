#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C16 to C18, on calibration before and after temperature scaling. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> calibrationClaims(const ClaimStudy& study);

} // namespace finescope::analysis
