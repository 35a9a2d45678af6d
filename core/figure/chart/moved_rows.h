#pragma once

#include "core/matrix.h"
#include "core/record/run.h"

#include <optional>

namespace finescope::figure {

/// The rows of the classifier as the run began and as it is reported.
struct MovedRows {
    MatrixF before, after; ///< [C, h], or without rows where they were not recorded

    /// ||V_after - V_before||_F / ||V_before||_F; absent without rows and where V_before is zero.
    /// definitions.md, Displacement of rows.
    [[nodiscard]] std::optional<double> displacement() const;
};

/// Those of the run; without rows (but with `width` columns) also where they are not as wide as the features.
[[nodiscard]] MovedRows movedRows(const record::Run& run, Eigen::Index width);

} // namespace finescope::figure
