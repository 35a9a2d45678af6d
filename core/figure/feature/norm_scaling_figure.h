#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// How far one run moved the features of one split from a head of some norm.
struct NormScalingEntry {
    std::size_t run = 0; ///< index into the set
    std::string split{};
    double startNorm = 0;  ///< ||V||_F where fine-tuning starts, > 0
    double difference = 0; ///< of the reported model, >= 0 (definitions.md, Feature difference)
    std::optional<std::string> collapsed{}; ///< the one class that it predicts (collapse.h)
};

/// Of all splits for which the runs hold features, in the order of the set; where an ended run holds none,
/// what it recorded of its test split in `/epochs`. Runs without fine-tuning have no entry. Reads features
/// and logits; any thread. A run or split that cannot be used goes to `problems`; without them the error
/// passes.
[[nodiscard]] std::vector<NormScalingEntry> normScalingEntries(std::span<const record::Run> runs,
                                                               Problems* problems = nullptr);

struct NormScalingOptions {
    std::vector<std::string> splits{}; ///< empty: the test and out-of-distribution splits
    analysis::Spread spread = analysis::Spread::tInterval95;
    Scale xScale = Scale::logarithmic, yScale = Scale::linear;
};

/// The options that a request asks for.
[[nodiscard]] NormScalingOptions normScalingOptions(const FigureRequest& request);

/// Feature difference against the classifier norm at the start of fine-tuning, a panel for each data set and
/// split: per method the mean line over the scales with a band over seeds, every seed's own point, and a
/// dashed line at the norm before scaling. Says so in the panel if no run has another scale than 1.
/// definitions.md, Norm scaling.
[[nodiscard]] Figure normScalingFigure(std::span<const record::Run> runs,
                                       std::span<const NormScalingEntry> entries,
                                       const NormScalingOptions& options = {});

/// The figure that a request asks for, made from runs.
[[nodiscard]] Figure buildNormScaling(const FigureRequest& request, std::span<const record::Run> runs,
                                      Problems& problems);

/// The numbers of that figure: rows data set, method and scale; columns the start norm and the difference of
/// each split, mean and deviation over seeds.
[[nodiscard]] Table normScalingTable(std::span<const record::Run> runs,
                                     std::span<const NormScalingEntry> entries,
                                     const std::vector<std::string>& splits = {});

} // namespace finescope::figure
