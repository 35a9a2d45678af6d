#pragma once

#include "core/matrix.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the two-layer linear laboratory of `finescope-engine verify` measured (definitions.md, Theory): made
/// by core/engine/theory, shown by core/figure, and JSON in between.
namespace finescope::analysis {

/// Gradient descent on a linear model of one dimension: how far the features of samples of length 1 move. All
/// [seeds, .].
struct OrthogonalSeries {
    std::int64_t dimension = 0;       ///< d, of the inputs
    std::int64_t samples = 0;         ///< train samples: they span so many dimensions
    MatrixD byAngle;                  ///< after the last step, by OrthogonalLaboratory::angles
    MatrixD inside, halfway, outside; ///< by OrthogonalLaboratory::steps, of samples at 0, 45, 90 degrees
};
struct OrthogonalLaboratory {
    std::vector<double> angles; ///< between the sample and Span(X), in degrees, 0 .. 90
    std::vector<double> steps;  ///< of gradient descent, ascending
    std::vector<OrthogonalSeries> series;
};

/// The probability at which measured errors and the bound are compared: one of LoraLaboratory::levels.
inline constexpr double kLoraLevel = 0.95;

/// LoRA's F against FT's over draws of A, for one rank and dimension. The error of a draw and a pair of
/// samples is eps = ||F_LoRA - sigma^2 r F_FT|| / (c^2 sigma^2 r ||V V^T||), spectral norms, c the longer
/// sample's length. All [seeds, .].
struct LoraSeries {
    std::int64_t dimension = 0, rank = 0;
    MatrixD quantiles;         ///< of eps, by LoraLaboratory::levels
    MatrixD share;             ///< of draws with an error of at most LoraLaboratory::errors
    VectorD relativeDeviation; ///< of one sample's F_LoRA over its mean; sqrt(2/r) for normal A
};
struct LoraLaboratory {
    std::int64_t draws = 0;     ///< of A, for each seed
    std::int64_t pairs = 0;     ///< of samples, for each draw
    std::vector<double> levels; ///< kLoraLevel is among them
    std::vector<double> errors;
    std::vector<LoraSeries> series;
};

struct TheoryLaboratory {
    std::string created{}; ///< when it was measured, ISO 8601
    OrthogonalLaboratory orthogonal;
    LoraLaboratory lora;
};

/// The least probability that eps is at most `error` says definitions.md, Proposition on LoRA: 1 - 4
/// exp(-(eps^2 - eps^3) r/4), from eps = 2/3 on what it is there. Below 0 it says nothing.
[[nodiscard]] double loraProbabilityBound(double error, double rank);

/// The smallest eps in (0, 2/3] for which that bound reaches `probability`; nullopt if none does.
[[nodiscard]] std::optional<double> loraErrorBound(double rank, double probability);

/// {"orthogonal": .., "lora": ..}, with the bounds beside what they bound: the "laboratory" of the document
/// that laboratoryFromJson reads.
[[nodiscard]] nlohmann::ordered_json laboratoryToJson(const TheoryLaboratory& laboratory);

/// How long such a document may be: a hundred times what is written.
inline constexpr std::size_t kMostLaboratoryBytes = std::size_t{16} << 20U;

/// Reads "laboratory" and "created" of the output of `verify --json`. Throws Error{badInput} that starts with
/// `where` (a file name) and names the key that is missing or holds what it cannot.
[[nodiscard]] TheoryLaboratory laboratoryFromJson(const std::string& text, const std::string& where);

} // namespace finescope::analysis
