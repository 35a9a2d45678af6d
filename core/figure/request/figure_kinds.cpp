#include "core/figure/request/figure_kinds.h"

#include "core/error.h"
#include "core/figure/accuracy/accuracy_figures.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_lens.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/classifier/classifier_figures.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/feature/feature_figures.h"
#include "core/figure/feature/feature_map.h"
#include "core/figure/feature/feature_neighbours.h"
#include "core/figure/feature/norm_scaling_figure.h"
#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/kernel/kernel_heat_map.h"
#include "core/figure/label/run_style.h"
#include "core/figure/request/checks.h"
#include "core/figure/request/recipe.h"
#include "core/figure/theory/theory_figures.h"
#include "core/figure/training/training_figures.h"

#include <algorithm>
#include <array>

namespace finescope::figure {

namespace {

using Runs = std::span<const record::Run>;

/// Of a kind that is there too soon for progress.
template <Figure (*build)(const FigureRequest&, Runs, Problems&)>
Figure quick(const FigureRequest& request, Runs runs, const analysis::WorkHooks&, Problems& problems) {
    return build(request, runs, problems);
}

CurveOptions curveOptions(const FigureRequest& request) {
    const auto scale = [](bool logarithmic) { return logarithmic ? Scale::logarithmic : Scale::linear; };
    return {.xAxis = request.xAxis,
            .origin = request.origin,
            .xScale = scale(request.logX),
            .yScale = scale(request.logY),
            .grouping = request.grouping,
            .spread = request.spread,
            .smoothing = request.smoothing};
}

Figure classifierNorm(const FigureRequest& request, Runs runs, Problems&) {
    return classifierNormFigure(runs, {.curve = curveOptions(request),
                                       .withAccuracy = request.withAccuracy,
                                       .finalBars = request.finalBars});
}

Figure training(const FigureRequest& request, Runs runs, Problems&) {
    return trainingFigure(runs, {.curve = curveOptions(request)});
}

/// The split asked for; the default one of the first run, so that all runs show the same.
std::string calibrationSplit(const FigureRequest& request, Runs runs) {
    if (!request.splits.empty()) {
        return request.splits.front();
    }
    const record::SplitInfo* split = runs.empty() ? nullptr : analysis::defaultCalibrationSplit(runs.front());
    return split == nullptr ? std::string{} : split->name;
}

Figure reliability(const FigureRequest& request, Runs runs, Problems& problems) {
    const std::string split = calibrationSplit(request, runs);
    const DiagramChoice choice = diagramChoice(request);
    return reliabilityFigure(reliabilityEntries(runs, split, request.temperature, request.beforeAfter, choice,
                                                request.epoch, request.fitOn, &problems),
                             laidOutFor({.split = split, .epoch = request.epoch, .choice = choice},
                                        request.widthMm, request.beforeAfter));
}

Figure temperatureCurves(const FigureRequest& request, Runs runs, Problems& problems) {
    const std::string split = calibrationSplit(request, runs);
    const std::vector<RunLabel> labels = labelRuns(runs);
    const std::vector<std::size_t> order = legendOrder(runs);
    std::vector<analysis::CalibrationData> data;
    std::vector<std::size_t> shown;
    for (const std::size_t index : order) {
        attempt(runs[index], &problems, [&] {
            data.push_back(analysis::readCalibration(runs[index], split, request.epoch, request.fitOn));
            shown.push_back(index);
        });
    }
    const Range range = temperatureRange(data);
    std::vector<TemperatureCurve> curves;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        curves.push_back(temperatureCurve(data[i], range.low, range.high, 241, request.bins));
        curves.back().name = labels[shown[i]].name;
        curves.back().style = labels[shown[i]].style;
    }
    TemperatureCurveOptions options{.split = split, .epoch = request.epoch, .quantities = request.quantities};
    if (!request.temperature.fitted && request.temperature.value != 1) {
        options.current = request.temperature.value;
    }
    return temperatureCurveFigure(curves, options);
}

Figure binStability(const FigureRequest& request, Runs runs, Problems& problems) {
    const Lens lens = readLens(runs, calibrationSplit(request, runs), request.temperature, request.epoch,
                               request.fitOn, &problems);
    return binStabilityFigure(lens.entries, request.bins);
}

ClassifierCurveOptions classifierOptions(const FigureRequest& request) {
    return {.curve = curveOptions(request), .classes = request.classes};
}

Figure classNorms(const FigureRequest& request, Runs runs, Problems& problems) {
    ClassifierCurveOptions options = classifierOptions(request);
    options.curve.yScale = request.linearValues ? Scale::linear : Scale::logarithmic;
    return classNormsFigure(runs, classifierEntries(runs, &problems), options);
}

Figure classAngles(const FigureRequest& request, Runs runs, Problems& problems) {
    return classAnglesFigure(runs, classifierEntries(runs, &problems), classifierOptions(request));
}

Figure normDerivative(const FigureRequest& request, Runs runs, Problems& problems) {
    const std::string split = request.splits.empty() ? defaultDerivativeSplit(runs) : request.splits.front();
    return normDerivativeFigure(runs, normDerivativeEntries(runs, split, &problems), split,
                                classifierOptions(request));
}

Figure classifierRows(const FigureRequest& request, Runs runs, Problems& problems) {
    return classifierRowsFigure(runs, classifierEntries(runs, &problems),
                                {.classes = request.classes,
                                 .before = request.origin,
                                 .spread = request.spread,
                                 .scale = request.linearValues ? Scale::linear : Scale::logarithmic});
}

std::string firstSplit(const FigureRequest& request) {
    return request.splits.empty() ? std::string{} : request.splits.front();
}

Figure features(const FigureRequest& request, Runs runs, const analysis::WorkHooks& hooks,
                Problems& problems) {
    return featuresFigure(featureEntries(runs, hooks, &problems),
                          {.splits = request.splits, .spread = request.spread, .runs = runs.size()});
}

Figure featureNeighbours(const FigureRequest& request, Runs runs, const analysis::WorkHooks& hooks,
                         Problems& problems) {
    const NeighbourFigureOptions options{
        .split = firstSplit(request), .numbers = {}, .spread = request.spread};
    return featureNeighboursFigure(runs, neighbourEntries(runs, options, hooks, &problems), options);
}

Figure featureCurves(const FigureRequest& request, Runs runs, Problems&) {
    return featureCurvesFigure(runs, {.curve = curveOptions(request)});
}

Figure featureDistributions(const FigureRequest& request, Runs runs, const analysis::WorkHooks& hooks,
                            Problems& problems) {
    const FeatureSplitOptions options{.split = firstSplit(request), .numbers = {}};
    return featureDistributionsFigure(featureDistributionEntries(runs, options, hooks, &problems), options);
}

Figure featureMap(const FigureRequest& request, Runs runs, const analysis::WorkHooks& hooks,
                  Problems& problems) {
    const FeatureMapOptions options{.split = firstSplit(request),
                                    .projection = request.projection,
                                    .perplexity = request.perplexity,
                                    .seed = request.mapSeed,
                                    .beforeAfter = request.beforeAfter,
                                    .together = request.mapTogether};
    return featureMapFigure(featureMaps(runs, options, hooks, &problems), options);
}

Figure accuracy(const FigureRequest& request, Runs runs, Problems& problems) {
    return accuracyFigure(runs, accuracyEntries(runs, &problems),
                          {.splits = request.splits, .spread = request.spread});
}

Figure normScaling(const FigureRequest& request, Runs runs, Problems& problems) {
    return normScalingFigure(runs, normScalingEntries(runs, &problems),
                             {.splits = request.splits,
                              .spread = request.spread,
                              .xScale = request.linearValues ? Scale::linear : Scale::logarithmic,
                              .yScale = request.logY ? Scale::logarithmic : Scale::linear});
}

Figure spectrum(const FigureRequest& request, Runs runs, Problems& problems) {
    SpectrumOptions options{.normalised = !request.rawSpectrum,
                            .axis = request.spectrumAxis,
                            .xScale = request.logX ? Scale::logarithmic : Scale::linear,
                            .yScale = request.linearValues ? Scale::linear : Scale::logarithmic};
    if (!request.kernelParts.empty()) {
        options.parts = request.kernelParts;
    }
    return spectrumFigure(readKernelEntries(runs, request.kernelState, &problems), options);
}

Figure kernelHeatMap(const FigureRequest& request, Runs runs, Problems& problems) {
    KernelHeatMapOptions options{.scale = request.linearValues ? Scale::linear : Scale::logarithmic,
                                 .colours = request.colourRange};
    if (!request.kernelParts.empty()) {
        options.part = request.kernelParts.front();
    }
    return kernelHeatMapFigure(readKernelEntries(runs, request.kernelState, &problems), options);
}

Figure ratios(const FigureRequest& request, Runs runs, Problems& problems) {
    return ratioFigure(readKernelEntries(runs, request.kernelState, &problems));
}

Figure theoryOrthogonal(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory) {
    return theoryOrthogonalFigure(laboratory.orthogonal, request.spread);
}

Figure theoryLora(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory) {
    return theoryLoraFigure(laboratory.lora, request.spread);
}

constexpr std::array kKinds{
    FigureKind{"classifier-norm", "classifier weight norm over training; --with accuracy, --final",
               quick<classifierNorm>},
    FigureKind{"training", "loss, accuracy, weight, bias and logit norm over training", quick<training>},
    FigureKind{"class-norms", "norm of each class's row of the classifier over training", quick<classNorms>},
    FigureKind{"class-angles", "angles between the classes' rows of the classifier over training",
               quick<classAngles>},
    FigureKind{"norm-derivative", "derivative of a split's loss by the norm of each class's row",
               quick<normDerivative>},
    FigureKind{"classifier-rows", "the classifier's rows before and after: norms, cosine, displacement",
               quick<classifierRows>},
    FigureKind{"spectrum", "singular values of the kernel's parts P and F and of P + F", quick<spectrum>},
    FigureKind{"kernel-heatmap", "trace norms of the kernel's blocks, samples by class",
               quick<kernelHeatMap>},
    FigureKind{"ft-ratio", "the kernel's FT ratio of every train sample, and its mean", quick<ratios>},
    FigureKind{"features", "cosine similarity, feature difference and Fisher's ratio per method and split",
               features},
    FigureKind{"feature-distributions",
               "cosine similarity and difference of every sample, and Fisher's ratio, with intervals",
               featureDistributions},
    FigureKind{"feature-curves", "feature difference and cosine similarity over training",
               quick<featureCurves>},
    FigureKind{"feature-map",
               "features and classifier rows in the plane; --projection, --before-after, --together",
               featureMap},
    FigureKind{"feature-neighbours",
               "neighbours that features keep, of their own class, and moves of classifier rows",
               featureNeighbours},
    FigureKind{"norm-scaling", "feature difference against the classifier norm that fine-tuning started from",
               quick<normScaling>},
    FigureKind{"reliability", "reliability diagram and confidence histogram of each run", quick<reliability>},
    FigureKind{"temperature-curve", "ECE, MCE, NLL and Brier score over the temperature; --quantity",
               quick<temperatureCurves>},
    FigureKind{"bin-stability", "ECE over the number of bins, 5 to 50", quick<binStability>},
    FigureKind{"accuracy", "accuracy per method and split", quick<accuracy>},
    FigureKind{"theory-orthogonal", "features orthogonal to the training samples; of verify --json",
               theoryOrthogonal},
    FigureKind{"theory-lora", "LoRA's kernel against that of fine-tuning by rank; of verify --json",
               theoryLora},
};

const FigureKind& kindOf(std::string_view name) {
    return requireKind(kKinds, name, "figure");
}

} // namespace

std::string dataDate(Runs runs) {
    const auto newest = std::ranges::max_element(runs, {}, &record::Run::created);
    return newest == runs.end() ? std::string{} : newest->created;
}

std::span<const FigureKind> figureKinds() {
    return kKinds;
}

FigureInput inputOf(std::string_view kind) {
    return kindOf(kind).input();
}

Figure buildFigure(const FigureRequest& request, std::span<const record::Run> runs,
                   const analysis::WorkHooks& hooks) {
    validate(request);
    const auto* build = std::get_if<FigureKind::OfRuns>(&kindOf(request.kind).build);
    if (build == nullptr) {
        throw Error(ErrorKind::badInput, request.kind + " is made from the output of finescope-engine verify "
                                                        "--json, not from run files");
    }
    Problems problems;
    Figure figure = (*build)(request, runs, hooks, problems);
    const bool nothing = std::ranges::all_of(
        figure.panels, [](const Panel& panel) { return panel.blank || !panel.emptyText.empty(); });
    if (nothing && !problems.empty()) {
        problems.raise();
    }
    tell(figure, problems);
    return figure;
}

Figure buildFigure(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory) {
    validate(request);
    const auto* build = std::get_if<FigureKind::OfVerification>(&kindOf(request.kind).build);
    if (build == nullptr) {
        throw Error(ErrorKind::badInput, request.kind + " is made from run files");
    }
    return (*build)(request, laboratory);
}

} // namespace finescope::figure
