#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/matrix.h"
#include "core/record/run.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct FeatureMapOptions {
    std::string
        split{}; ///< empty: the first with features among test, validation, out of distribution, train
    Projection projection = Projection::pca;
    double perplexity = 30; ///< of t-SNE
    std::uint64_t seed = 1; ///< of t-SNE
    bool beforeAfter =
        false; ///< the pre-trained features of each run in a map of their own, before the others
    /// All runs in one map, coloured by run; of the pre-trained features those of the first run.
    bool together = false;
    int threads = 0; ///< 0: as many as the machine has
};

/// The options that a request asks for.
[[nodiscard]] FeatureMapOptions featureMapOptions(const FigureRequest& request);

/// The features of one split of one run in the plane, and the rows of its classifier in the same map.
struct FeatureMap {
    std::size_t run = 0; ///< index into the set
    std::string name{};  ///< of the run
    Style style{};       ///< of the run
    std::string task{};
    bool pretrained = false; ///< of the features before fine-tuning
    std::string split{};
    std::vector<std::string> classNames{};
    Labels labels{};   ///< [N]; point i is row i of the split
    MatrixD samples{}; ///< [N, 2]
    MatrixD rowsBefore{},
        rowsAfter{}; ///< [C, 2]: V as the run began and as reported; no rows if not recorded
    std::optional<double> displacement{}; ///< of the rows: definitions.md, Displacement of rows
    std::vector<double> shares{};         ///< PCA: share of the variance along each axis
    std::optional<double> divergence{};   ///< t-SNE: Kullback-Leibler divergence, nats
};

/// The maps of all runs that hold features of the split, in the order of legends, each of its own points or,
/// together, with axes in common. PCA takes its axes from the features and projects the classifier's rows on
/// them; t-SNE places features and rows together, as definitions.md, Maps of features, says. A split that a
/// run lacks leaves the run out. Any thread. A run that cannot be used goes to `problems`; without them what
/// reading features and tsne() throw passes. Throws Error{badInput} where no run has such features, or where
/// features of different widths should be in one map.
[[nodiscard]] std::vector<FeatureMap> featureMaps(std::span<const record::Run> runs,
                                                  const FeatureMapOptions& options = {},
                                                  const analysis::WorkHooks& hooks = {},
                                                  Problems* problems = nullptr);

/// One panel per map: a point per sample coloured by class, the classifier's rows open as they began, filled
/// as they ended and joined by a line; together, one panel coloured by run. The points know their samples
/// (Scatter::samples).
[[nodiscard]] Figure featureMapFigure(std::span<const FeatureMap> maps,
                                      const FeatureMapOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildFeatureMap(const FigureRequest& request, std::span<const record::Run> runs,
                                     const analysis::WorkHooks& hooks, Problems& problems);

} // namespace finescope::figure
