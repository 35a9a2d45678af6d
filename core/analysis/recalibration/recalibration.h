#pragma once

#include "core/analysis/calibration/paired_bootstrap.h"
#include "core/analysis/calibration/reliability.h"
#include "core/matrix.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::analysis {

/// Ways to make confidences honest after training.
enum class Recalibrator {
    none,             ///< T = 1
    temperature,      ///< fitTemperature()
    adamTemperature,  ///< adamTemperature(), the paper's recipe
    vectorScaling,    ///< fitVectorScaling()
    isotonic,         ///< fitIsotonicCalibration(): every class against the rest
    topLabelIsotonic, ///< fitTopLabelIsotonic(): the prediction and its accuracy stay
};

/// "temperature", "temperature (Adam)", "vector scaling", ...
[[nodiscard]] std::string nameOf(Recalibrator recalibrator);

/// Logits with their labels; both outlive whoever uses it.
struct LabelledLogits {
    const MatrixF& logits; ///< [N, C]
    const Labels& labels;  ///< [N]
};

/// What one way, fitted on one set of rows, does on another.
struct Recalibrated {
    Recalibrator recalibrator = Recalibrator::none;
    Reliability numbers;        ///< of the evaluated rows; NLL infinite where a label was given probability 0
    RecalibrationChange change; ///< against T = 1 on the same rows
    std::optional<double> temperature{}; ///< of those that have one
    std::int64_t changedPredictions = 0; ///< rows whose predicted class is another than at T = 1
    std::int64_t impossibleLabels = 0;   ///< rows whose label was given probability 0
    std::string caution{};               ///< why the fit is no minimum, or "", as a sentence without an end
};

struct RecalibrationOptions {
    int binCount = 15;
    PairedBootstrapOptions bootstrap{}; ///< its hooks are those of all the work
};

/// Fits each way on `fit` and evaluates it on `evaluated`, which may be the same rows: then every number is
/// in-sample and flatters it. Both have the same classes, else Error{badInput}; refuses what reliability()
/// refuses; Error{cancelled}.
[[nodiscard]] std::vector<Recalibrated> recalibrate(std::span<const Recalibrator> ways,
                                                    const LabelledLogits& fit,
                                                    const LabelledLogits& evaluated,
                                                    const RecalibrationOptions& options = {});

} // namespace finescope::analysis
