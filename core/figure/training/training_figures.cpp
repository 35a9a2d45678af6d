#include "core/figure/training/training_figures.h"

#include "core/figure/chart/grouped_bars.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/classifier/usable_norms.h"

#include <algorithm>

namespace finescope::figure {

namespace {

struct Quantity {
    const char* label;
    SeriesNames names{};
};

Quantity trainLoss() {
    return {"training loss", {{"train_loss"}, {"train_loss"}, DropoutRows::bothTables}};
}
Quantity validationLoss() {
    return {"validation loss", {{"validation_loss"}, {"validation_loss"}}};
}
Quantity accuracy() {
    return {"validation accuracy", {{"validation_accuracy"}, {"validation_accuracy", "test_accuracy"}}};
}
Quantity weightNorm() {
    return {"classifier weight norm", {{"classifier_weight_norm"}, {"classifier_weight_norm"}}};
}
Quantity biasNorm() {
    return {"classifier bias norm", {{"classifier_bias_norm"}, {"classifier_bias_norm"}}};
}
Quantity logitNorm() {
    return {"logit norm", {{"train_logit_norm"}, {"logit_norm"}, DropoutRows::steps}};
}

Quantity featureDifference() {
    return {"feature difference", {{}, {"feature_difference"}}};
}
Quantity featureCosine() {
    return {"cosine similarity", {{}, {"feature_cosine_similarity"}}};
}

CurveBuilder::Source curvesOf(std::span<const record::Run> runs, const CurveBuilder& curves,
                              const Quantity& quantity) {
    return [runs, names = quantity.names, xAxis = curves.options().xAxis, origin = curves.options().origin](
               std::size_t run) { return runCurve(runs[run], names, xAxis, origin); };
}

Figure finalNormFigure(std::span<const record::Run> runs, const CurveOptions& options) {
    Figure figure;
    figure.kind = "classifier-norm";
    figure.title = "Classifier weight norm after training";
    figure.panels.resize(1);
    Panel& panel = figure.panels.front();
    panel.y.label = "classifier weight norm";
    std::vector<std::string> categories;
    std::vector<BarSeries> series;
    Problems problems;
    const std::vector<RunGroup> groups = groupRuns(runs);
    for (std::size_t which = 0; which < groups.size(); ++which) {
        BarSeries bars{.name = groups[which].name, .style = groups[which].style, .values = {}};
        bars.values.resize(groups.size());
        for (const std::size_t member : groups[which].members) {
            if (const auto norm = usableWeightNorms(runs[member], problems).reported) {
                bars.values[which].push_back(*norm);
            }
        }
        categories.push_back(groups[which].name);
        series.push_back(std::move(bars));
    }
    const std::size_t n =
        addGroupedBars(panel, categories, series,
                       {.spread = options.spread, .scale = options.yScale, .placement = BarPlacement::alone});
    if (n == 0) {
        panel.emptyText = runs.empty() ? "No runs chosen." : "No run has recorded its classifier.";
    } else if (std::string note = barsNote(n, options.spread); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    tell(figure, problems);
    figure.altText = figure.title + " as bars per method: " + methodsOf(runs) + ".";
    return figure;
}

/// Small multiples of these quantities, without those that no run recorded unless that is all of them.
Figure multiplesOf(std::span<const record::Run> runs, const std::vector<Quantity>& quantities,
                   const TrainingOptions& options) {
    Figure figure;
    figure.columns = std::max(1, options.columns);
    figure.sharedColumns = true;
    CurveBuilder curves(runs, options.curve);
    for (const Quantity& quantity : quantities) {
        Panel panel = curves.emptyPanel(quantity.label);
        if (quantity.names.epochs == accuracy().names.epochs) {
            panel.y.ticks = TickStyle::percent;
            panel.y.scale = Scale::linear;
        }
        curves.add(panel, curvesOf(runs, curves, quantity));
        curves.finish(panel, quantity.label);
        figure.panels.push_back(std::move(panel));
    }
    const auto isEmpty = [](const Panel& panel) { return !panel.emptyText.empty(); };
    if (!std::ranges::all_of(figure.panels, isEmpty)) {
        std::erase_if(figure.panels, isEmpty);
    }
    figure.columns = std::min(figure.columns, static_cast<int>(figure.panels.size()));
    joinPanels(figure);
    figure.notes = curves.notes();
    return figure;
}

} // namespace

NormOptions normOptions(const FigureRequest& request) {
    return {
        .curve = curveOptions(request), .withAccuracy = request.withAccuracy, .finalBars = request.finalBars};
}

TrainingOptions trainingOptions(const FigureRequest& request) {
    return {.curve = curveOptions(request)};
}

Figure classifierNormFigure(std::span<const record::Run> runs, const NormOptions& options) {
    if (options.finalBars) {
        return finalNormFigure(runs, options.curve);
    }
    Figure figure;
    figure.kind = "classifier-norm";
    figure.title = "Classifier weight norm over training";
    CurveBuilder curves(runs, options.curve);
    Panel panel = curves.emptyPanel(weightNorm().label);
    curves.add(panel, curvesOf(runs, curves, weightNorm()));
    if (options.withAccuracy) {
        panel.right = Axis{.label = "validation accuracy (faint lines)", .ticks = TickStyle::percent};
        curves.add(panel, curvesOf(runs, curves, accuracy()), Side::right);
    }
    panel.legend = Legend::below;
    curves.finish(panel, weightNorm().label);
    figure.panels.push_back(std::move(panel));
    figure.notes = curves.notes();
    figure.altText = figure.title + ": " + methodsOf(runs) + ".";
    return figure;
}

Figure trainingFigure(std::span<const record::Run> runs, const TrainingOptions& options) {
    Figure figure = multiplesOf(
        runs, {trainLoss(), validationLoss(), accuracy(), weightNorm(), biasNorm(), logitNorm()}, options);
    figure.kind = "training";
    figure.title = "Training";
    figure.altText =
        "Loss, accuracy, classifier norms and logit norm over training: " + methodsOf(runs) + ".";
    return figure;
}

Figure featureCurvesFigure(std::span<const record::Run> runs, const TrainingOptions& options) {
    Figure figure = multiplesOf(runs, {featureDifference(), featureCosine()}, options);
    figure.kind = "feature-curves";
    figure.title = "Features over training";
    figure.altText = "Feature difference and cosine similarity over training: " + methodsOf(runs) + ".";
    return figure;
}

Figure buildClassifierNorm(const FigureRequest& request, std::span<const record::Run> runs, Problems&) {
    return classifierNormFigure(runs, normOptions(request));
}

Figure buildTraining(const FigureRequest& request, std::span<const record::Run> runs, Problems&) {
    return trainingFigure(runs, trainingOptions(request));
}

Figure buildFeatureCurves(const FigureRequest& request, std::span<const record::Run> runs, Problems&) {
    return featureCurvesFigure(runs, trainingOptions(request));
}

} // namespace finescope::figure
