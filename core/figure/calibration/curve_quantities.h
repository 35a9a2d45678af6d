#pragma once

#include "core/analysis/calibration/reliability.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"

#include <array>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// A number that a curve over temperature can show.
struct CurveNumber {
    CurveQuantity quantity;
    std::string_view key; ///< in recipes and on the command line
    const char* label;
    std::vector<double> TemperatureCurve::*values;
    double analysis::Reliability::*atOptimum;
    TickStyle ticks;
};

/// In the order in which they are shown.
inline constexpr std::array kCurveNumbers{
    CurveNumber{CurveQuantity::ece, "ece", "ECE", &TemperatureCurve::ece, &analysis::Reliability::ece,
                TickStyle::percent},
    CurveNumber{CurveQuantity::mce, "mce", "MCE", &TemperatureCurve::mce, &analysis::Reliability::mce,
                TickStyle::percent},
    CurveNumber{CurveQuantity::nll, "nll", "NLL", &TemperatureCurve::nll, &analysis::Reliability::nll,
                TickStyle::number},
    CurveNumber{CurveQuantity::brier, "brier", "Brier score", &TemperatureCurve::brier,
                &analysis::Reliability::brier, TickStyle::number},
};

} // namespace finescope::figure
