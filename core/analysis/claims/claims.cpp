#include "core/analysis/claims/claims.h"

#include "core/analysis/claims/accuracy_claims.h"
#include "core/analysis/claims/calibration_claims.h"
#include "core/analysis/claims/claim_study.h"
#include "core/analysis/claims/feature_claims.h"
#include "core/analysis/claims/kernel_claims.h"
#include "core/analysis/claims/norm_claims.h"
#include "core/analysis/claims/norm_scaling_claim.h"
#include "core/analysis/claims/structure_claims.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace finescope::analysis {

std::string_view claimStatusName(ClaimStatus status) {
    switch (status) {
    case ClaimStatus::holds:
        return "holds";
    case ClaimStatus::doesNotHold:
        return "does not hold";
    case ClaimStatus::notTested:
        break;
    }
    return "not tested";
}

std::vector<Claim> checkClaims(const ClaimStudy& study) {
    std::vector<Claim> claims;
    const auto append = [&](std::vector<Claim> more) { std::ranges::move(more, std::back_inserter(claims)); };
    append(normClaims(study));
    append(featureClaims(study));
    append(kernelClaims(study));
    append({normScalingClaim(study)});
    append(calibrationClaims(study));
    append(accuracyClaims(study));
    append(structureClaims(study));
    if (!study.leftOut.empty()) {
        for (Claim& claim : claims) {
            claim.reason += (claim.reason.empty() ? "" : "; ") + study.leftOut;
        }
    }
    return claims;
}

std::vector<Claim> checkClaims(std::span<const record::Run> runs) {
    return checkClaims(claimStudy(runs));
}

nlohmann::ordered_json claimsToJson(std::span<const Claim> claims) {
    auto json = nlohmann::ordered_json::array();
    for (const Claim& claim : claims) {
        json.push_back({{"id", claim.id},
                        {"title", claim.title},
                        {"status", claimStatusName(claim.status)},
                        {"reason", claim.reason},
                        {"numbers", claim.numbers}});
    }
    return json;
}

} // namespace finescope::analysis
