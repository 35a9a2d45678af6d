#pragma once

#include "core/figure/feature_figures.h"
#include "core/figure/figure.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct TableOptions {
    std::vector<std::string>
        splits{}; ///< empty: every split but train (calibration: the default split of each run)
    int binCount = 15;
    std::string fitOn{};    ///< calibration: split that temperatures are fitted on; "": the validation split
    bool intervals = false; ///< calibration: of the improvement, where a cell is of one run
    std::optional<record::EpochKey> epoch{}; ///< recalibration: nullopt: the model that each run reports
};

/// All tables: a row or a column per variant in the order of variantOrder(), cells "mean ± sd" with the
/// sample standard deviation over seeds, n in the notes (in the cell where it differs). A cell without data
/// is a dash without a value; one with a collapsed run behind it has a dagger that the notes explain. The
/// accuracy table is in accuracy_figures.h, that of kernels in kernel_table.h. A number that cannot be
/// computed is left out, and Table::problems says why.

/// Rows methods, columns CS, Diff and FDR of each split and the classifier norm of each task. Tomihari and
/// Sato 2024, tables 1 and 11.
[[nodiscard]] Table featuresTable(std::span<const record::Run> runs, std::span<const FeatureEntry> entries,
                                  const TableOptions& options = {});

/// Rows tasks, columns the classifier norm before and after each method. Tomihari and Sato 2024, table 13.
[[nodiscard]] Table normsTable(std::span<const record::Run> runs);

/// Rows task, split and method; columns ECE and MCE without and with the fitted temperature, in percent, the
/// improvement in percentage points, and the temperature. With `intervals`, an improvement of one run has the
/// interval of paired_bootstrap.h behind it in brackets; over seeds the deviation says more. Tomihari and
/// Sato 2024, tables 3 and 14.
[[nodiscard]] Table calibrationTable(std::span<const record::Run> runs, const TableOptions& options = {});

} // namespace finescope::figure
