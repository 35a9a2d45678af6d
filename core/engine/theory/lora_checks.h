#pragma once

#include "core/engine/theory/check_result.h"
#include "core/engine/theory/theory_model.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace finescope::engine {

struct LoraCheckSettings {
    std::int64_t rank = 4;
    double alpha = 6;
    std::int64_t draws = 200;
    std::uint64_t seed = 0;
    bool normal = false; ///< A has normal entries and F is one product: its deviation is sqrt(2/r) exactly
    double expectedFactor = 1; ///< of s^2 sigma^2 r; other than 1 only to show that the check would notice
    std::stop_token stop;
};

/// T6: with LoRA, P is the same to the last bit; F is on average s^2 sigma^2 r times the part of the adapted
/// weights, within three standard errors; the relative deviation of one sample's trace over draws of A is
/// sqrt(2/r) where F is one product <A x, A x'> of normal A, and at most that where it is a sum of them.
/// definitions.md, Proposition on LoRA. `which` says how A is drawn. Throws Error{cancelled}.
[[nodiscard]] std::vector<CheckResult> checkLora(const TheoryModel& model, const Head& head,
                                                 const LoraCheckSettings& settings, const std::string& which);

} // namespace finescope::engine
