#pragma once

#include "core/figure/chart/curve_builder.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/figure/problems.h"
#include "core/record/run.h"

#include <span>

namespace finescope::figure {

struct NormOptions {
    CurveOptions curve{};
    bool withAccuracy = false; ///< accuracy on the right axis (Tomihari and Sato 2024, figure 1a and b)
    bool finalBars = false;    ///< bars of the norm after training per method instead of curves (Figure 1c)
};

struct TrainingOptions {
    CurveOptions curve{};
    int columns = 2;
};

/// The options that a request asks for.
[[nodiscard]] NormOptions normOptions(const FigureRequest& request);
[[nodiscard]] TrainingOptions trainingOptions(const FigureRequest& request);

/// Classifier weight norm ||V||_F over training: linear probing, then fine-tuning, on one axis with the
/// switch marked. Tomihari and Sato 2024, figures 1 and 4.
[[nodiscard]] Figure classifierNormFigure(std::span<const record::Run> runs, const NormOptions& options = {});

/// Small multiples over one x axis: training and validation loss, validation accuracy, classifier weight
/// norm, bias norm and logit norm. A quantity that no run recorded has no panel; where no run recorded any,
/// the panels say so.
[[nodiscard]] Figure trainingFigure(std::span<const record::Run> runs, const TrainingOptions& options = {});

/// Small multiples of what `/epochs` holds of the features of the test split: how far they are from the
/// pre-trained ones and how alike they are.
[[nodiscard]] Figure featureCurvesFigure(std::span<const record::Run> runs,
                                         const TrainingOptions& options = {});

/// The figures that a request asks for, made from runs; they read nothing that could fail.
[[nodiscard]] Figure buildClassifierNorm(const FigureRequest& request, std::span<const record::Run> runs,
                                         Problems& problems);
[[nodiscard]] Figure buildTraining(const FigureRequest& request, std::span<const record::Run> runs,
                                   Problems& problems);
[[nodiscard]] Figure buildFeatureCurves(const FigureRequest& request, std::span<const record::Run> runs,
                                        Problems& problems);

} // namespace finescope::figure
