#pragma once

#include "core/figure/feature/feature_figures.h"
#include "core/figure/figure.h"
#include "core/figure/table_options.h"
#include "core/record/run.h"

#include <span>

namespace finescope::figure {

/// Rows methods, columns CS, Diff and FDR of each split and the classifier norm of each task. Tomihari and
/// Sato 2024, tables 1 and 11.
[[nodiscard]] Table featuresTable(std::span<const record::Run> runs, std::span<const FeatureEntry> entries,
                                  const TableOptions& options = {});

} // namespace finescope::figure
