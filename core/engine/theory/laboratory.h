#pragma once

#include "core/analysis/theory/theory_laboratory.h"

#include <cstdint>
#include <stop_token>
#include <vector>

/// The two-layer linear laboratory: experiments on models small enough to repeat them thousands of times.
namespace finescope::engine {

struct OrthogonalSettings {
    std::int64_t dimension = 64, samples = 16, width = 8, classes = 3;
    std::int64_t seeds = 5, steps = 1000;
    std::uint64_t seed = 0;
    std::stop_token stop;
};
/// Degrees, 0 .. 90.
[[nodiscard]] std::vector<double> laboratoryAngles();
/// 1, 2, 5, 10 .. `last`.
[[nodiscard]] std::vector<double> laboratorySteps(std::int64_t last);

/// Trains V, b and B of random models by full-batch gradient descent on samples in general position and
/// follows the features of samples at laboratoryAngles to their span. Tomihari and Sato 2024, corollary 4.3.
/// Throws Error{cancelled}.
[[nodiscard]] analysis::OrthogonalSeries measureOrthogonal(const OrthogonalSettings& settings);

struct LoraLaboratorySettings {
    std::int64_t dimension = 64, rank = 8, width = 16, classes = 3, samples = 4;
    std::int64_t seeds = 5, draws = 300;
    std::uint64_t seed = 0;
    std::stop_token stop;
};
[[nodiscard]] std::vector<double> loraLevels();
[[nodiscard]] std::vector<double> loraErrors();

/// Draws A with normal entries of variance 1/(3 d) again and again, for random models and samples of length
/// 1, and compares the blocks of F of every pair of samples. definitions.md, Proposition on LoRA. Throws
/// Error{cancelled}.
[[nodiscard]] analysis::LoraSeries measureLora(const LoraLaboratorySettings& settings);

} // namespace finescope::engine
