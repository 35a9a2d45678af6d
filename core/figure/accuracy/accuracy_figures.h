#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/accuracy/accuracy_view.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct AccuracyOptions {
    std::vector<std::string> splits{};                       ///< empty: every split but train
    analysis::Spread spread = analysis::Spread::tInterval95; ///< of the figure
};

/// The options that a request asks for.
[[nodiscard]] AccuracyOptions accuracyOptions(const FigureRequest& request);

/// Accuracy per method and split, in and out of distribution, a panel for each data set: mean over seeds with
/// the spread and every seed's own value; the Matthews correlation for CoLA. Collapsed runs are named in the
/// notes. Tomihari and Sato 2024, tables 8 and 10.
[[nodiscard]] Figure accuracyFigure(std::span<const record::Run> runs, std::span<const AccuracyEntry> entries,
                                    const AccuracyOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildAccuracy(const FigureRequest& request, std::span<const record::Run> runs,
                                   Problems& problems);

/// Rows tasks and splits, columns methods; accuracy in percent, or for CoLA 100 times the Matthews
/// correlation. The best of a row is emphasised if its 95 % t interval overlaps no other's. Tomihari and Sato
/// 2024, tables 8 and 10.
[[nodiscard]] Table accuracyTable(std::span<const record::Run> runs, std::span<const AccuracyEntry> entries,
                                  const std::vector<std::string>& splits = {});

} // namespace finescope::figure
