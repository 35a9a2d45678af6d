#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C22 and C23: what the heat maps of the kernel and the maps of features show. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> structureClaims(const ClaimStudy& study);

} // namespace finescope::analysis
