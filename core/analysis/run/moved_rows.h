#pragma once

#include "core/matrix.h"
#include "core/record/run.h"

#include <optional>

namespace finescope::analysis {

/// Index into run.classifierKeys of the snapshot of the reported model (run-file.md, Reported model), in a
/// file without /epochs the last snapshot; nullopt where the run has none of that model.
[[nodiscard]] std::optional<std::size_t> reportedSnapshot(const record::Run& run);

/// The rows of the classifier as the run began and as it is reported.
struct MovedRows {
    MatrixF before, after; ///< [C, h], or without rows where they were not recorded
    /// ||V_after - V_before||_F / ||V_before||_F; absent without rows, where V_before is zero or one of them
    /// not finite, and where the reported model is itself the first snapshot.
    std::optional<double> displacement{};
};

/// Reads these rows of a run, for maps, neighbours and claims alike. Throws what the file reader throws.
/// definitions.md, Displacement of rows.
[[nodiscard]] MovedRows movedRows(const record::Run& run);

} // namespace finescope::analysis
