#pragma once

#include "core/figure/figure.h"
#include "core/figure/table_options.h"
#include "core/record/run.h"

#include <span>

namespace finescope::figure {

/// Rows task, split and method; columns ECE and MCE without and with the fitted temperature, in percent, the
/// improvement in percentage points, and the temperature. With `intervals`, an improvement of one run has the
/// interval of paired_bootstrap.h behind it in brackets; over seeds the deviation says more. Tomihari and
/// Sato 2024, tables 3 and 14.
[[nodiscard]] Table calibrationTable(std::span<const record::Run> runs, const TableOptions& options = {});

} // namespace finescope::figure
