#pragma once

#include "core/record/run.h"

#include <optional>
#include <string>
#include <vector>

namespace finescope::figure {

/// What is asked of the tables of runs. All of them have a row or a column per variant in the order of
/// variantOrder(), cells "mean ± sd" with the sample standard deviation over seeds, and n in the notes (in
/// the cell where it differs). A cell without data is a dash without a value; one with a collapsed run behind
/// it has a dagger that the notes explain. A number that cannot be computed is left out, and Table::problems
/// says why.
struct TableOptions {
    std::vector<std::string>
        splits{}; ///< empty: every split but train (calibration: the default split of each run)
    int binCount = 15;
    std::string fitOn{};    ///< calibration: split that temperatures are fitted on; "": the validation split
    bool intervals = false; ///< calibration: of the improvement, where a cell is of one run
    std::optional<record::EpochKey> epoch{}; ///< recalibration: nullopt: the model that each run reports
};

} // namespace finescope::figure
