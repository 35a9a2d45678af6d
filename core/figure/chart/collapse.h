#pragma once

#include "core/analysis/run/split_logits.h"
#include "core/figure/figure.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// A run whose reported model predicts one class for a whole test or out-of-distribution split: numbers about
/// its features and classifier say little (definitions.md, Collapsed runs).
struct Collapse {
    std::size_t run = 0; ///< index into the set
    std::string split{};
    std::string className{}; ///< the one class
};

/// The name of the class that the reported model of `run` predicts for all of `split`; nullopt if it did not
/// collapse there, or the split is for training or validation. Reads logits and labels.
[[nodiscard]] std::optional<std::string> collapsedClassName(const record::Run& run,
                                                            const record::SplitInfo& split);
/// The same, from logits of the reported model that were read already.
[[nodiscard]] std::optional<std::string>
collapsedClassName(const record::Run& run, const record::SplitInfo& split, const analysis::SplitLogits& read);

/// All of a set, in its order. Splits of which it cannot be said go to `problems`; without them the error
/// passes.
[[nodiscard]] std::vector<Collapse> collapses(std::span<const record::Run> runs,
                                              Problems* problems = nullptr);

/// Whether the run collapsed on that split, or anywhere if `split` is "".
[[nodiscard]] bool collapsed(std::span<const Collapse> all, std::size_t run, const std::string& split = {});

/// "Collapsed (one class predicted for all of a split): LoRA, seed 1 on test (yes); ..."; "" if none did.
[[nodiscard]] std::string collapseNote(std::span<const record::Run> runs, std::span<const Collapse> all);

/// Marks the cells of collapsed runs with a dagger and says in the notes what it means.
void markCollapses(Table& table, std::span<const record::Run> runs, std::span<const Collapse> all);

/// What the cell said before markCollapses().
[[nodiscard]] std::string withoutCollapseMark(const Cell& cell);

} // namespace finescope::figure
