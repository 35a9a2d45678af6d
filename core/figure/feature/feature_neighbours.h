#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/neighbours.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// What the paper shows with maps, as numbers (definitions.md, Neighbours): whether the features of a split
/// kept their neighbourhoods, and how far the classifier's rows moved.
struct NeighbourEntry {
    std::size_t run = 0; ///< index into the set
    std::string name{};  ///< of the run
    std::string split{};
    analysis::NeighbourNumbers numbers{};
    std::optional<double> displacement{}; ///< analysis::MovedRows
};

struct NeighbourFigureOptions {
    std::string split{}; ///< empty: as featureMaps()
    analysis::NeighbourOptions numbers{};
    analysis::Spread spread = analysis::Spread::tInterval95; ///< of the figure
};

/// The options that a request asks for.
[[nodiscard]] NeighbourFigureOptions neighbourFigureOptions(const FigureRequest& request);

/// The entries of all runs that hold features of the split, in the order of legends. Any thread; many seconds
/// a run for tens of thousands of samples. A run that cannot be used goes to `problems`; without them what
/// reading and neighbourNumbers() throw passes. Throws Error{cancelled}.
[[nodiscard]] std::vector<NeighbourEntry> neighbourEntries(std::span<const record::Run> runs,
                                                           const NeighbourFigureOptions& options = {},
                                                           const analysis::WorkHooks& hooks = {},
                                                           Problems* problems = nullptr);

/// Neighbours kept, neighbours of the own class and displacement of the rows, per method: mean over seeds
/// with the spread and every seed's own value.
[[nodiscard]] Figure featureNeighboursFigure(std::span<const record::Run> runs,
                                             std::span<const NeighbourEntry> entries,
                                             const NeighbourFigureOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildFeatureNeighbours(const FigureRequest& request, std::span<const record::Run> runs,
                                            const analysis::WorkHooks& hooks, Problems& problems);

/// A row per run.
[[nodiscard]] Table featureNeighboursTable(std::span<const NeighbourEntry> entries);

} // namespace finescope::figure
