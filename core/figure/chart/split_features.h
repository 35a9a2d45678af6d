#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/run/split_features.h"
#include "core/figure/label/run_style.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace finescope::figure {

/// The features of one split of one run of a set.
struct RunFeatures : analysis::SplitFeatures {
    std::size_t run = 0; ///< index into the set
    RunLabel label{};
};

/// Calls `use` for each run that holds features of the split, in the order of legends, with the hooks of its
/// part of the work; reads one run at a time. A run that cannot be used goes to `problems`; without them what
/// reading and `use` throw passes. Throws Error{cancelled} that names `what`.
void forEachSplitFeatures(std::span<const record::Run> runs, const std::string& split,
                          const analysis::WorkHooks& hooks, const std::string& what,
                          const std::function<void(const RunFeatures&, const analysis::WorkHooks&)>& use,
                          Problems* problems = nullptr);

} // namespace finescope::figure
