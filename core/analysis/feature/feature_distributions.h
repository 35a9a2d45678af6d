#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/feature_bootstrap.h"
#include "core/analysis/feature/similarity_and_difference.h"
#include "core/matrix.h"

#include <optional>
#include <vector>

namespace finescope::analysis {

/// A number of a set of samples, and where other samples of the same kind would have put it.
struct Estimate {
    double value = 0;
    std::optional<Interval> interval;
};

/// One set of features of a split. A number is absent where these features have none (featureChange).
struct FeatureSet {
    VectorD cosines; ///< [N], of each sample with all others (cosineSimilarities); empty where undefined
    std::optional<Estimate> cosine;       ///< mean over pairs i < j, weighted bootstrap
    std::optional<FisherEstimate> fisher; ///< delete-a-group jackknife
    /// [C]: mean cosine similarity of the pairs within each class; NaN for fewer than two samples.
    VectorD cosineWithinClass;
};

/// What fine-tuning did to the features of a split, with distributions, intervals and classes.
struct FeatureDistributions {
    FeatureSet pretrained, final;
    VectorD differences;                ///< [N], empty where either set is missing or the widths differ
    std::optional<Estimate> difference; ///< their mean, weighted bootstrap
    VectorD differenceOfClass;          ///< [C]: the mean of each class, NaN without samples or differences
    std::vector<std::int64_t> counts;   ///< [C]: samples of each class
};

struct FeatureDistributionOptions {
    BootstrapOptions bootstrap{};
    int jackknifeGroups = 20;
    bool intervals = true; ///< false: no interval anywhere
};

/// pretrained and final [N, h], or without rows where they were not recorded; labels [N] in 0..classes-1. The
/// bootstrap weighs the samples alike for every number. Throws as featureChange, and Error{cancelled}.
[[nodiscard]] FeatureDistributions featureDistributions(const MatrixViewF& pretrained,
                                                        const MatrixViewF& final, const Labels& labels,
                                                        int classes,
                                                        const FeatureDistributionOptions& options = {},
                                                        const WorkHooks& hooks = {});

} // namespace finescope::analysis
