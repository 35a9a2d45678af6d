#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/feature/feature_bootstrap.h"
#include "core/analysis/feature/feature_distributions.h"
#include "core/matrix.h"

#include <optional>

namespace finescope::analysis {

struct NeighbourOptions {
    int k = 10; ///< at least 1
    /// As many rows are looked at, evenly spaced, if there are more; neighbours are sought among all.
    Eigen::Index mostRows = 1000;
    BootstrapOptions bootstrap{}; ///< of the interval; its threads are those of the search
};

/// Whether fine-tuning kept the neighbourhoods of the features. Numbers are absent where features were not
/// recorded or have no more than k rows.
struct NeighbourNumbers {
    int k = 0;
    Eigen::Index samples = 0, rows = 0; ///< N, and how many of them were looked at
    /// The mean share of the k nearest other rows of each (Euclidean distance) that are the same before and
    /// after, 0..1, with the interval of that mean over rows.
    std::optional<Estimate> overlap;
    /// The mean share of the k nearest other rows that have the row's own label, 0..1.
    std::optional<double> purityBefore, purityAfter;
    /// What the overlap of neighbours drawn at random would be.
    [[nodiscard]] double overlapByChance() const { return k / (static_cast<double>(samples) - 1); }
};

/// before and after [N, h] and [N, g], or without rows where they were not recorded; labels [N]. O(rows N h).
/// Error{badInput} on other shapes and non-finite values, Error{cancelled}. definitions.md, Neighbours.
[[nodiscard]] NeighbourNumbers neighbourNumbers(const MatrixViewF& before, const MatrixViewF& after,
                                                const Labels& labels, const NeighbourOptions& options = {},
                                                const WorkHooks& hooks = {});

} // namespace finescope::analysis
