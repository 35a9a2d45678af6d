#pragma once

#include "core/record/run.h"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::analysis {

struct ClaimStudy;

enum class ClaimStatus { holds, doesNotHold, notTested };

/// "holds", "does not hold" or "not tested".
[[nodiscard]] std::string_view claimStatusName(ClaimStatus status);

/// One empirical claim of the paper, as a set of runs shows it. definitions.md, Claims.
struct Claim {
    std::string id;    ///< C1 .. C23
    std::string title; ///< what is claimed, with the criterion and its thresholds
    ClaimStatus status = ClaimStatus::notTested;
    /// What failed, which parts could not be tested and what they need, how many runs were left out; may be
    /// empty if the claim holds.
    std::string reason;
    /// One line per case: task and split, the mean over seeds of each method with n, and whether it holds.
    std::vector<std::string> numbers;
};

/// Always all 23, in order. A claim holds if every case that the runs allow does (a case is a task, often
/// with one of its splits), each by means over seeds; nothing is assumed of a case that cannot be tested.
/// Runs that are not complete are left out; of runs with one task, model, method, seed and classifier scale
/// the newest counts; a classifier scale other than 1 counts for C15 alone. Reads the large parts of one run
/// after the other and keeps numbers only. Throws what the readers of runs throw, and Error{badInput}.
[[nodiscard]] std::vector<Claim> checkClaims(std::span<const record::Run> runs);

/// The same of runs that were reduced to numbers before.
[[nodiscard]] std::vector<Claim> checkClaims(const ClaimStudy& study);

/// An array of objects with id, title, status (as claimStatusName), reason and numbers.
[[nodiscard]] nlohmann::ordered_json claimsToJson(std::span<const Claim> claims);

} // namespace finescope::analysis
