#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/chart/run_curves.h"
#include "core/figure/classifier/classifier_view.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct ClassifierRowsOptions {
    std::vector<std::string> classes{}; ///< by name; empty: all
    Origin before = Origin::fineTuning; ///< where "before" is; runs without fine-tuning: their start
    analysis::Spread spread = analysis::Spread::tInterval95;
    Scale scale = Scale::logarithmic; ///< of norms and displacements
};

/// The options that a request asks for.
[[nodiscard]] ClassifierRowsOptions classifierRowsOptions(const FigureRequest& request);

/// Bars per method and class: norms before and after, cosine between a row before and after, and its
/// displacement over its norm before. After: the model a run reports. definitions.md, Displacement of rows.
[[nodiscard]] Figure classifierRowsFigure(std::span<const record::Run> runs,
                                          std::span<const ClassifierEntry> entries,
                                          const ClassifierRowsOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildClassifierRows(const FigureRequest& request, std::span<const record::Run> runs,
                                         Problems& problems);

/// The same numbers and the absolute displacements, a row per method and class and one for the whole matrix;
/// mean and sample standard deviation over seeds.
[[nodiscard]] Table classifierRowsTable(std::span<const record::Run> runs,
                                        std::span<const ClassifierEntry> entries,
                                        const ClassifierRowsOptions& options = {});

} // namespace finescope::figure
