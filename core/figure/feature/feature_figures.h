#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/feature_change.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/label/variant.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What happened to the features of one split in one run.
struct FeatureEntry {
    std::size_t run = 0; ///< index into the set
    Variant variant{};
    std::string task{}, model{}, split{};
    analysis::FeatureChange numbers{};
};

/// Computes the entries of all splits of all runs that hold features. Reads every feature matrix once. Any
/// thread; O(N h^2 + h^3) per split. A split that cannot be used goes to `problems`; without them what
/// reading throws passes. Throws Error{cancelled}.
[[nodiscard]] std::vector<FeatureEntry> featureEntries(std::span<const record::Run> runs,
                                                       const analysis::WorkHooks& hooks = {},
                                                       Problems* problems = nullptr);

/// What a ratio depends on beside the features: "n = 277, h = 768, rank within classes 275, ridge 0.001".
[[nodiscard]] std::string fisherConditions(const analysis::FisherRatio& ratio);

struct FeaturesOptions {
    std::vector<std::string> splits{}; ///< shown in this order; empty: every split but train
    analysis::Spread spread = analysis::Spread::tInterval95;
    std::size_t runs = 0; ///< that the entries were asked of; 0: nothing is said of those without features
};

/// The options that a request asks for, with this many runs.
[[nodiscard]] FeaturesOptions featuresOptions(const FigureRequest& request, std::size_t runs);

/// "5 of 25 runs recorded features: the others do not count here."; "" where all did, or none.
[[nodiscard]] std::string withoutFeaturesNote(std::span<const FeatureEntry> entries, std::size_t runs);

/// Cosine similarity, feature difference and Fisher's discriminant ratio as bars per method and split, mean
/// over seeds with the spread and every seed's own value; the pre-trained features as the first bar. Tomihari
/// and Sato 2024, table 1.
[[nodiscard]] Figure featuresFigure(std::span<const FeatureEntry> entries,
                                    const FeaturesOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildFeatures(const FigureRequest& request, std::span<const record::Run> runs,
                                   const analysis::WorkHooks& hooks, Problems& problems);

} // namespace finescope::figure
