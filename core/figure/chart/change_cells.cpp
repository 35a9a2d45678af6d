#include "core/figure/chart/change_cells.h"

#include "core/figure/chart/table_cells.h"
#include "core/figure/number_text.h"

#include <array>
#include <cmath>

namespace finescope::figure {

namespace {

using analysis::RecalibrationChange;

constexpr std::array kNumbers{ChangingNumber{"ECE", &RecalibrationChange::ece, 100, 2},
                              ChangingNumber{"MCE", &RecalibrationChange::mce, 100, 2},
                              ChangingNumber{"NLL", &RecalibrationChange::nll, 1, 4},
                              ChangingNumber{"Brier", &RecalibrationChange::brier, 1, 4},
                              ChangingNumber{"Accuracy", &RecalibrationChange::accuracy, 100, 2}};

std::string numberText(double value, const ChangingNumber& number) {
    constexpr double kLong = 1e7; // of digits before the point, which no column holds
    if (std::isinf(value)) {
        return "\u221e";
    }
    const double shown = number.factor * value;
    return std::abs(shown) < kLong ? fixed(shown, number.decimals) : significant(shown, number.decimals);
}

} // namespace

std::span<const ChangingNumber> changingNumbers() {
    return kNumbers;
}

Cell valueCell(double value, const ChangingNumber& number) {
    if (std::isnan(value)) {
        return blankCell();
    }
    Cell cell = textCell(numberText(value, number));
    cell.value = number.factor * value;
    return cell;
}

Cell changeCell(const analysis::NumberChange& change, const ChangingNumber& number) {
    if (!std::isfinite(change.change())) {
        return blankCell();
    }
    Cell cell = valueCell(change.change(), number);
    if (std::isfinite(change.low)) {
        cell.text += " [" + numberText(change.low, number) + ", " + numberText(change.high, number) + "]";
        cell.interval = Range{number.factor * change.low, number.factor * change.high};
    }
    return cell;
}

std::string changeNote(const analysis::PairedBootstrapOptions& bootstrap) {
    return "Brackets: " + fixed(100 * bootstrap.level, 0) +
           " % percentile bootstrap interval of the change, the same rows before and after, " +
           std::to_string(bootstrap.resamples) + " resamples, seed " + std::to_string(bootstrap.seed) + ".";
}

} // namespace finescope::figure
