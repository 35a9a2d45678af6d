#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/label/variant.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// How one run of a set appears in every legend and plot.
struct RunLabel {
    std::string name{}; ///< "LP-FT" if that is unique in the set, else "LP-FT, seed 3"; the scale of its
                        ///< classifier if it is not 1, task and model where they differ; an imported run has
                        ///< its file's name
    Style style{};      ///< memberStyle() by position among the runs of its method
};

/// One label per run, in the order given. Names are unique: a number is added if nothing else tells two runs
/// apart.
[[nodiscard]] std::vector<RunLabel> labelRuns(std::span<const record::Run> runs);

/// The runs of one method at one classifier scale (on one task with one model), or one imported run: what a
/// mean over seeds is taken over.
struct RunGroup {
    std::string name{}; ///< variantName(), with task and model where they differ in the set
    Style style{};
    Variant variant{};
    std::string task{}, model{};
    std::vector<std::size_t> members{}; ///< indices into the set, by seed
};

/// The set by task, model and variant, variants in the order of variantOrder().
[[nodiscard]] std::vector<RunGroup> groupRuns(std::span<const record::Run> runs);

/// Indices of the set in the order of legends: task, model, variant, seed.
[[nodiscard]] std::vector<std::size_t> legendOrder(std::span<const record::Run> runs);

/// "95 % t interval", "standard deviation" or "range": how a legend names the spread.
[[nodiscard]] std::string spreadName(analysis::Spread spread);

/// "FT, n = 3; LP-FT, n = 1": what a set holds, for alternative texts.
[[nodiscard]] std::string methodsOf(std::span<const record::Run> runs);

} // namespace finescope::figure
