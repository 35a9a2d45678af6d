#pragma once

#include "core/figure/feature_figures.h"
#include "core/figure/figure.h"
#include "core/record/run.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct TableOptions {
    std::vector<std::string>
        splits{}; ///< empty: every split but train (calibration: the default split of each run)
    int binCount = 15;
};

/// All tables: a row or a column per variant in the order of variantOrder(), cells "mean ± sd" with the
/// sample standard deviation over seeds, n in the notes (in the cell where it differs). A cell without data
/// is a dash without a value; one with a collapsed run behind it has a dagger that the notes explain. The
/// accuracy table is in accuracy_figures.h, that of kernels in kernel_table.h.

/// Rows methods, columns CS, Diff and FDR of each split and the classifier norm of each task. PAPER Tables 1
/// and 11.
[[nodiscard]] Table featuresTable(std::span<const record::Run> runs, std::span<const FeatureEntry> entries,
                                  const TableOptions& options = {});

/// Rows tasks, columns the classifier norm before training and after each method. PAPER Table 13.
[[nodiscard]] Table normsTable(std::span<const record::Run> runs);

/// Rows task, split and method; columns ECE and MCE without and with the temperature fitted on the validation
/// split, in percent, the improvement in percentage points, and the temperature. PAPER Tables 3 and 14.
[[nodiscard]] Table calibrationTable(std::span<const record::Run> runs, const TableOptions& options = {});

} // namespace finescope::figure
