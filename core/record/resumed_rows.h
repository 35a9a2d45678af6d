#pragma once

#include "core/record/run.h"

#include <cstdint>
#include <vector>

namespace finescope::record {

/// Rows that follow those of `table`, in the order of the file. Where stage, step or epoch go back, the run
/// was resumed: the rows from there on take the place of the earlier ones, which are counted in `resumed`. A
/// row of /steps that has the step of the one before it does so unless it leaves out something that the other
/// one holds: then the two say different things of one step, and both stay. A row of /epochs that has the
/// epoch of the one before it always does: an evaluation is one row. O(rows log rows) and O(rows) where
/// nothing goes back. `rows` has the columns of `table`, which is empty or was made by this function.
[[nodiscard]] SeriesTable continued(SeriesTable table, SeriesTable rows);

/// Which of the rows of a group count whose rows `keys` names, as /classifier and the logits of a split, by
/// number; `keys` is left with theirs. All, unless an epoch repeats or `resumed` says that /epochs was
/// resumed: then as in continued().
[[nodiscard]] std::vector<std::uint64_t> keptRows(std::vector<EpochKey>& keys, bool resumed);

} // namespace finescope::record
