#pragma once

#include "core/analysis/compute/work_hooks.h"
#include "core/analysis/recalibration/isotonic_regression.h"
#include "core/matrix.h"

#include <vector>

namespace finescope::analysis {

/// Isotonic regression of every class against the rest: f_k of the probability that softmax gives class k,
/// fitted to [y = k]; then the C values of a row are divided by their sum, 1/C each where all are 0. With two
/// classes only f_1 is fitted and class 0 has the rest. That is what scikit-learn's
/// CalibratedClassifierCV(method="isotonic") and netcal's IsotonicRegression do. May change which class is
/// largest, hence the accuracy, and gives probabilities of exactly 0. Zadrozny and Elkan 2002.
struct IsotonicCalibration {
    std::vector<IsotonicFunction> classes; ///< C, or of two classes the one of class 1
};

/// logits [N, C], labels [N]. Refuses what reliability() refuses; Error{cancelled}. O(C N log N).
[[nodiscard]] IsotonicCalibration fitIsotonicCalibration(const MatrixViewF& logits, const Labels& labels,
                                                         const WorkHooks& hooks = {});

/// Probabilities [N, C]; logits [N, C] with as many classes as it was fitted on, else Error{badInput}.
[[nodiscard]] MatrixD calibratedProbabilities(const IsotonicCalibration& calibration,
                                              const MatrixViewF& logits);

/// Isotonic regression of the top label: f of the confidence, fitted to whether the prediction is right. The
/// prediction stays whatever it was, and so does the accuracy: only its confidence becomes f(confidence).
/// Zadrozny and Elkan 2002, of the binary problem "is the prediction right".
[[nodiscard]] IsotonicFunction fitTopLabelIsotonic(const MatrixViewF& logits, const Labels& labels);

/// Probabilities [N, C] in which argmax(logits) has f(confidence) and the other classes share the rest in the
/// proportion of what softmax gives them, evenly where it gives them nothing. Another class may then be the
/// largest: whoever uses them keeps the prediction.
[[nodiscard]] MatrixD topLabelProbabilities(const IsotonicFunction& function, const MatrixViewF& logits);

} // namespace finescope::analysis
