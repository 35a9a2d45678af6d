#pragma once

#include "core/analysis/seed_statistics.h"
#include "core/figure/figure.h"
#include "core/figure/run_curves.h"
#include "core/record/run.h"

#include <span>

namespace finescope::figure {

enum class Grouping {
    runs,    ///< every run is a line
    methods, ///< mean line and band over the seeds of a method, its members drawn faintly
};

/// How curves over training are drawn.
struct CurveOptions {
    XAxis xAxis = XAxis::epochs;
    Origin origin = Origin::fineTuning; ///< a logarithmic x axis counts from the start of the run
    Scale xScale = Scale::linear, yScale = Scale::linear;
    Grouping grouping = Grouping::runs;
    analysis::Spread spread = analysis::Spread::tInterval95;
    /// Weight of a moving average, 0 (off) to 0.99: smoothed curves, named so in the legend, before what was
    /// recorded drawn faintly. Each stage by itself; the right axis never.
    double smoothing = 0;
};

struct NormOptions {
    CurveOptions curve{};
    bool withAccuracy = false; ///< accuracy on the right axis (PAPER, Figure 1a and b)
    bool finalBars = false;    ///< bars of the norm after training per method instead of curves (Figure 1c)
};

struct TrainingOptions {
    CurveOptions curve{};
    int columns = 2;
};

/// Classifier weight norm ||V||_F over training: linear probing, then fine-tuning, on one axis with the
/// switch marked. PAPER Figures 1 and 4.
[[nodiscard]] Figure classifierNormFigure(std::span<const record::Run> runs, const NormOptions& options = {});

/// Small multiples over one x axis: training and validation loss, validation accuracy, classifier weight
/// norm, bias norm and logit norm. A quantity that no run recorded keeps its panel, which then says so.
[[nodiscard]] Figure trainingFigure(std::span<const record::Run> runs, const TrainingOptions& options = {});

} // namespace finescope::figure
