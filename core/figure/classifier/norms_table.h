#pragma once

#include "core/figure/chart/collapse.h"
#include "core/figure/chart/grouped_runs.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/figure.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>
#include <vector>

namespace finescope::figure {

/// The classifier weight norms of the runs of a data set that one variant made; before any training for the
/// variant "pretrained", else of the reported model. A run whose norm cannot be computed goes to `problems`.
[[nodiscard]] CellSample normSample(const GroupedRuns& set, const Dataset& dataset, const Variant& variant,
                                    std::span<const Collapse> collapsedRuns, Problems& problems);

/// The variants with "pretrained" before them, unless it is among them.
[[nodiscard]] std::vector<Variant> withPretrained(std::vector<Variant> variants);

/// Rows tasks, columns the classifier norm before and after each method. Tomihari and Sato 2024, table 13.
[[nodiscard]] Table normsTable(std::span<const record::Run> runs);

} // namespace finescope::figure
