#pragma once

#include "core/analysis/calibration/paired_bootstrap.h"
#include "core/figure/figure.h"

#include <span>
#include <string>

namespace finescope::figure {

/// A number of a RecalibrationChange as tables show it.
struct ChangingNumber {
    const char* name;
    analysis::NumberChange analysis::RecalibrationChange::*change;
    double factor; ///< 100 of what is shown in percent
    int decimals;
};

/// ECE, MCE, NLL, Brier score and accuracy.
[[nodiscard]] std::span<const ChangingNumber> changingNumbers();

[[nodiscard]] Cell valueCell(double value, const ChangingNumber& number);

/// "-16.03 [-19.95, -12.10]"; a dash where the change is no finite number.
[[nodiscard]] Cell changeCell(const analysis::NumberChange& change, const ChangingNumber& number);

/// What the brackets are.
[[nodiscard]] std::string changeNote(const analysis::PairedBootstrapOptions& bootstrap);

} // namespace finescope::figure
