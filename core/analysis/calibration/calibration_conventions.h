#pragma once

#include "core/analysis/calibration/forecasts.h"
#include "core/analysis/calibration/reliability.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace finescope::analysis {

/// Whose definition of the bins of equal width is meant. Of the same forecasts all agree where none lies on
/// an edge, at 0 or at 1; but of two classes not all score the same ones: see hasBinaryForm().
enum class Convention : std::uint8_t {
    finescope,           ///< reliability()'s
    paper,               ///< Tomihari and Sato's code, utils/custom_metric.py
    gpleiss,             ///< Guo et al.'s temperature_scaling, _ECELoss
    netcal,              ///< netcal.metrics.ECE and MCE
    torchmetrics,        ///< multiclass_calibration_error, norm "l1" and "max", as published
    scikitLearn,         ///< sklearn.calibration.calibration_curve, its bins weighted by their rows
    verifiedCalibration, ///< Kumar et al.'s get_ece
    relplot,             ///< Blasiok and Nakkiran's binnedECE
};

/// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const Convention> allConventions();

/// As the project calls itself.
[[nodiscard]] std::string_view nameOf(Convention convention);

/// Whether the project is called in two ways with two classes: on the predicted class and its confidence, and
/// on the probability of the second class whatever the prediction (netcal; torchmetrics with task "binary";
/// scikit-learn's calibration_curve; get_ece of one column; relplot's binnedECE).
[[nodiscard]] bool hasBinaryForm(Convention convention);

/// Whether the project takes that second form by itself when it is given the probabilities of two classes:
/// netcal.
[[nodiscard]] bool takesSecondClass(Convention convention);

/// One line of the table "the same predictions under every convention".
struct ConventionError {
    Convention convention = Convention::finescope;
    std::string_view name;     ///< as the project calls itself
    std::string_view edges;    ///< what it does on an edge, at 0 and at 1, in words
    double ece = 0;            ///< a fraction
    std::optional<double> mce; ///< where the project defines one
    /// Where the confidences went; a last one from 1 to 1 where 1 has a bin of its own. Edges are i/K here,
    /// whatever rounding the project's have.
    std::vector<ReliabilityBin> bins;
};

/// ECE and MCE of forecasts in binCount bins of equal width as `convention` computes them, its artefacts
/// included; where the project works in float32, confidences and edges are rounded as it does. Projects
/// answer an empty set with NaN, 0 or an exception; this one with Error{badInput}, as for anything that
/// requireForecasts() refuses or if not 1 <= binCount <= 1000. definitions.md, Conventions of other tools.
[[nodiscard]] ConventionError errorUnder(Convention convention, const Forecasts& forecasts,
                                         int binCount = 15);

/// The table: one line for each convention.
[[nodiscard]] std::vector<ConventionError> errorUnderEachConvention(const Forecasts& forecasts,
                                                                    int binCount = 15);

} // namespace finescope::analysis
