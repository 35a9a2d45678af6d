#pragma once

#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/claims.h"

namespace finescope::analysis {

/// C8 to C14, on the neural tangent kernel where fine-tuning starts. definitions.md, Claims.
[[nodiscard]] std::vector<Claim> kernelClaims(const ClaimStudy& study);

} // namespace finescope::analysis
