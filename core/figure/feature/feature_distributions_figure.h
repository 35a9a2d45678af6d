#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/feature_distributions.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What happened to every sample of one split in one run.
struct FeatureDistributionEntry {
    std::size_t run = 0; ///< index into the set
    std::string name{};  ///< of the run
    Style style{};
    std::string task{}, model{}, split{};
    std::vector<std::string> classNames{};
    analysis::FeatureDistributions details{};
};

struct FeatureSplitOptions {
    std::string
        split{}; ///< empty: the first with features among test, validation, out of distribution, train
    analysis::FeatureDistributionOptions numbers{};
};

/// The options that a request asks for.
[[nodiscard]] FeatureSplitOptions featureSplitOptions(const FigureRequest& request);

/// The split that figures of one split show unless told otherwise: the first that holds features, by role
/// (test, validation, ood, train), then by run; "" if none does.
[[nodiscard]] std::string defaultFeatureSplit(std::span<const record::Run> runs);

/// The split that a request of one split means; "" if no run has features of any.
[[nodiscard]] std::string featureSplit(const FigureRequest& request, std::span<const record::Run> runs);

/// The names of the run's classes, and "class 3" for those that labels have beyond them.
[[nodiscard]] std::vector<std::string> classNamesFor(const record::Run& run, const Labels& labels);

/// The entries of all runs that hold features of the split, in the order of legends. Any thread; with
/// intervals seconds for tens of thousands of samples. A run that cannot be used goes to `problems`; without
/// them what reading throws passes. Throws Error{cancelled}.
[[nodiscard]] std::vector<FeatureDistributionEntry>
featureDistributionEntries(std::span<const record::Run> runs, const FeatureSplitOptions& options = {},
                           const analysis::WorkHooks& hooks = {}, Problems* problems = nullptr);

/// The distributions of cosine similarity and difference over samples, each sample's share at or below x, and
/// Fisher's ratio with its interval; means and their intervals in the notes.
[[nodiscard]] Figure featureDistributionsFigure(std::span<const FeatureDistributionEntry> entries,
                                                const FeatureSplitOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildFeatureDistributions(const FigureRequest& request,
                                               std::span<const record::Run> runs,
                                               const analysis::WorkHooks& hooks, Problems& problems);

/// A row per run and class, and one of all classes with intervals: n, cosine similarity before and after (of
/// the pairs within the class; in both readings of definitions.md, Cosine similarity), difference, and what
/// the class adds to Fisher's ratio before and after.
[[nodiscard]] Table featureClassesTable(std::span<const FeatureDistributionEntry> entries);

} // namespace finescope::figure
