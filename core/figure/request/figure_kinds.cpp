#include "core/figure/request/figure_kinds.h"

#include "core/error.h"
#include "core/figure/accuracy/accuracy_figures.h"
#include "core/figure/calibration/calibration_kinds.h"
#include "core/figure/classifier/classifier_figures.h"
#include "core/figure/classifier/classifier_rows.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/feature/feature_figures.h"
#include "core/figure/feature/feature_map.h"
#include "core/figure/feature/feature_neighbours.h"
#include "core/figure/feature/norm_scaling_figure.h"
#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/kernel/kernel_heat_map.h"
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

constexpr std::array kKinds{
    FigureKind{"classifier-norm", "classifier weight norm over training; --with accuracy, --final",
               quick<buildClassifierNorm>},
    FigureKind{"training", "loss, accuracy, weight, bias and logit norm over training", quick<buildTraining>},
    FigureKind{"class-norms", "norm of each class's row of the classifier over training",
               quick<buildClassNorms>},
    FigureKind{"class-angles", "angles between the classes' rows of the classifier over training",
               quick<buildClassAngles>},
    FigureKind{"norm-derivative", "derivative of a split's loss by the norm of each class's row",
               quick<buildNormDerivative>},
    FigureKind{"classifier-rows", "the classifier's rows before and after: norms, cosine, displacement",
               quick<buildClassifierRows>},
    FigureKind{"spectrum", "singular values of the kernel's parts P and F and of P + F",
               quick<buildSpectrum>},
    FigureKind{"kernel-heatmap", "trace norms of the kernel's blocks, samples by class",
               quick<buildKernelHeatMap>},
    FigureKind{"ft-ratio", "the kernel's FT ratio of every train sample, and its mean", quick<buildRatios>},
    FigureKind{"features", "cosine similarity, feature difference and Fisher's ratio per method and split",
               buildFeatures},
    FigureKind{"feature-distributions",
               "cosine similarity and difference of every sample, and Fisher's ratio, with intervals",
               buildFeatureDistributions},
    FigureKind{"feature-curves", "feature difference and cosine similarity over training",
               quick<buildFeatureCurves>},
    FigureKind{"feature-map",
               "features and classifier rows in the plane; --projection, --before-after, --together",
               buildFeatureMap},
    FigureKind{"feature-neighbours",
               "neighbours that features keep, of their own class, and moves of classifier rows",
               buildFeatureNeighbours},
    FigureKind{"norm-scaling", "feature difference against the classifier norm that fine-tuning started from",
               quick<buildNormScaling>},
    FigureKind{"reliability", "reliability diagram and confidence histogram of each run",
               quick<buildReliability>},
    FigureKind{"temperature-curve", "ECE, MCE, NLL and Brier score over the temperature; --quantity",
               quick<buildTemperatureCurves>},
    FigureKind{"bin-stability", "ECE over the number of bins, 5 to 50", quick<buildBinStability>},
    FigureKind{"accuracy", "accuracy per method and split", quick<buildAccuracy>},
    FigureKind{"theory-orthogonal", "features orthogonal to the training samples; of verify --json",
               buildTheoryOrthogonal},
    FigureKind{"theory-lora", "LoRA's kernel against that of fine-tuning by rank; of verify --json",
               buildTheoryLora},
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
