#pragma once

#include "core/record/run.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace finescope::analysis {

/// What two runs have in common if one may be a copy of the other: method, task, model, seed and settings.
[[nodiscard]] std::string copyKey(const record::Run& run);

/// A number that follows from the labels and the reported logits of all splits and from the steps and epochs
/// that are recorded, and tells runs of one copyKey() apart. 0 if the run holds no logits or they cannot be
/// used. Reads them.
[[nodiscard]] std::uint64_t predictionsOf(const record::Run& run);

/// For each run the index of the run that it is a copy of, its own if of none. Copies have the run_id in
/// common, or copyKey() and predictionsOf(), as a file that was recorded or imported a second time. What
/// stays of some copies is one whose labels, logits and classifier can be used, of several the one with most
/// rows, of several the first: a copy may have been made while the run was being written. Reads logits only
/// of what may be copies.
[[nodiscard]] std::vector<std::size_t> originals(std::span<const record::Run> runs);

} // namespace finescope::analysis
