#pragma once

#include "core/analysis/theory/theory_laboratory.h"
#include "core/engine/theory/check_result.h"
#include "core/engine/train/train_run.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace finescope::engine {

struct VerificationSettings {
    bool quick = false; ///< fewer models, draws and steps: seconds instead of minutes
    std::uint64_t seed = 1;
    int workers = 1; ///< threads; the results do not depend on them
};

/// T1 to T10 of definitions.md, Theory checks, and what the two-layer linear laboratory measured.
struct Verification {
    std::vector<CheckResult> checks; ///< by number, then linear, then in the order of kFamilies
    analysis::TheoryLaboratory laboratory;
    [[nodiscard]] bool holds() const; ///< all of the checks
};

/// What a check is about, in words: of "T1" .. "T10".
[[nodiscard]] std::string_view checkTitle(std::string_view id);

/// Measures everything anew; nothing is assumed. The same seed gives the same numbers. Of the hooks, progress
/// and stop are used. Sets the threads of the whole process. Throws Error{cancelled}.
[[nodiscard]] Verification verifyTheory(const VerificationSettings& settings, const TrainHooks& hooks);

/// {"checks": [..], "laboratory": {..}}; a number that is not finite is null.
[[nodiscard]] nlohmann::ordered_json verificationToJson(const Verification& verification);

/// Results of the same check on several models of a kind as one: the largest error, or one that is not a
/// number. Sorted by number and kind.
[[nodiscard]] std::vector<CheckResult> mergedResults(const std::vector<CheckResult>& results);

} // namespace finescope::engine
