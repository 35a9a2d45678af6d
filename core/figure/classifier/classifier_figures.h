#pragma once

#include "core/figure/chart/curve_builder.h"
#include "core/figure/classifier/classifier_view.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"

#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

/// Curves of the rows of the classifier over training. Runs have their colours and classes a panel each; of
/// more classes than there is room for, the mean over all is drawn, with a band from the smallest to the
/// largest.
struct ClassifierCurveOptions {
    CurveOptions curve{};
    std::vector<std::string> classes{}; ///< by name; empty: all
};

/// The options that a request asks for.
[[nodiscard]] ClassifierCurveOptions classifierCurveOptions(const FigureRequest& request);

/// The split whose loss is asked for; "" if no run has one.
[[nodiscard]] std::string derivativeSplit(const FigureRequest& request, std::span<const record::Run> runs);

/// ||v_k|| of each class over training. definitions.md, Row norms and angles.
[[nodiscard]] Figure classNormsFigure(std::span<const record::Run> runs,
                                      std::span<const ClassifierEntry> entries,
                                      const ClassifierCurveOptions& options = {});

/// The angle in degrees between each two rows over training; of one chosen class, to every other.
[[nodiscard]] Figure classAnglesFigure(std::span<const record::Run> runs,
                                       std::span<const ClassifierEntry> entries,
                                       const ClassifierCurveOptions& options = {});

/// The derivative of the loss of `split` by each row's norm over training. definitions.md, Norm derivative.
[[nodiscard]] Figure normDerivativeFigure(std::span<const record::Run> runs,
                                          std::span<const NormDerivativeEntry> entries,
                                          const std::string& split,
                                          const ClassifierCurveOptions& options = {});

/// The figures that a request asks for, made from runs.
[[nodiscard]] Figure buildClassNorms(const FigureRequest& request, std::span<const record::Run> runs,
                                     Problems& problems);
[[nodiscard]] Figure buildClassAngles(const FigureRequest& request, std::span<const record::Run> runs,
                                      Problems& problems);
[[nodiscard]] Figure buildNormDerivative(const FigureRequest& request, std::span<const record::Run> runs,
                                         Problems& problems);

} // namespace finescope::figure
