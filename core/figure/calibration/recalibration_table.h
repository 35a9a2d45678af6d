#pragma once

#include "core/analysis/recalibration/recalibration.h"
#include "core/figure/figure.h"
#include "core/figure/table_options.h"
#include "core/record/run.h"

#include <span>

namespace finescope::figure {

/// Ways to recalibrate side by side: rows run and way, columns the temperature, ECE, MCE and accuracy in
/// percent, NLL and Brier score, each with its change against T = 1 and the interval of that
/// (paired_bootstrap.h), and how many predictions are others. Fitted on `options.fitOn` ("": the validation
/// split), evaluated on the first of `options.splits` (none: the default one). Throws Error{badInput} naming
/// the file where a run has nothing to fit on, and what reading throws.
[[nodiscard]] Table recalibrationTable(std::span<const record::Run> runs, const TableOptions& options = {},
                                       const analysis::PairedBootstrapOptions& bootstrap = {});

} // namespace finescope::figure
