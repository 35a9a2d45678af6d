#include "core/figure/request/figure_options.h"

#include "core/figure/request/option_of.h"
#include "core/figure/request/value_names.h"

#include <array>

namespace finescope::figure {

namespace {

using Request = FigureRequest;

constexpr std::array kOptions{
    option<&Request::xAxis>("x_axis", "--x", "", "epochs (the default) or steps"),
    option<&Request::origin>("origin", "--origin", "",
                             "Where x is 0, or before is: fine-tuning (the default) or start"),
    option<&Request::logX>("log_x", "--log-x", "", "Logarithmic x axis"),
    option<&Request::logY>("log_y", "--log-y", "", "Logarithmic y axis"),
    option<&Request::grouping>("group_by", "--group-by", "",
                               "run (the default) or method: mean and band over seeds"),
    option<&Request::spread>("spread", "--spread", "", "Band over seeds: t95 (the default), sd, se or range"),
    option<&Request::smoothing>("smoothing", "--smoothing", "",
                                "Curves over training: weight of a moving average, 0 (off) to 0.99"),
    option<&Request::withAccuracy>("with_accuracy", "--with", "classifier-norm",
                                   "'accuracy' on a second axis",
                                   [] {
                                       return OptionForm{"TEXT", 1, true, {"accuracy"}};
                                   }),
    option<&Request::finalBars>("final", "--final", "classifier-norm", "bars of the norm after training"),
    option<&Request::splits>(
        "splits", "--split", "",
        "Only this split (may be repeated; calibration and norm-derivative take the first)"),
    option<&Request::classes>("classes", "--class",
                              "class-norms, class-angles, norm-derivative, classifier-rows",
                              "only this class (may be repeated); reliability: its probability against all "
                              "others"),
    option<&Request::bins>("bins", "--bins", "", "Confidence bins (15)"),
    option<&Request::binning>("binning", "--binning", "reliability",
                              "equal-width (the default) or equal-mass"),
    option<&Request::convention>("convention", "--convention", "reliability",
                                 "bins as another tool has them"),
    option<&Request::intervals>("intervals", "--intervals", "reliability", "whiskers of 95 % (none)"),
    option<&Request::temperature>("temperature", "--temperature", "",
                                  "T for all runs, or 'fitted': each at its own (1)"),
    option<&Request::epoch>("epoch", "--epoch", "",
                            "Calibration at this epoch: 3, or lp:1 (the model that each run reports)"),
    option<&Request::beforeAfter>(
        "before_after", "--before-after", "",
        "Show T = 1 and --temperature (then 'fitted' unless given); of a feature map: "
        "the pre-trained features too"),
    option<&Request::fitOn>("fit_on", "--fit-on", "",
                            "Split that temperatures are fitted on (the validation split)"),
    option<&Request::quantities>("quantities", "--quantity", "temperature-curve",
                                 "ece, mce, nll or brier, may be repeated (all)"),
    option<&Request::kernelState>("kernel_state", "--state", "spectrum, kernel-heatmap, ft-ratio",
                                  "pretrained or after_lp (where the run's fine-tuning starts)",
                                  kernelStateForm),
    option<&Request::kernelParts>("kernel_parts", "--part", "spectrum, kernel-heatmap",
                                  "P, F or total, may be repeated (P and F; F)"),
    option<&Request::rawSpectrum>("raw_spectrum", "--raw", "spectrum",
                                  "not divided by the largest singular value"),
    option<&Request::spectrumAxis>("spectrum_axis", "--spectrum-axis", "spectrum",
                                   "index (the default) or fraction"),
    option<&Request::linearValues>("linear_values", "--linear",
                                   "spectrum, kernel-heatmap, norm-scaling, class-norms, classifier-rows",
                                   "linear instead of logarithmic"),
    option<&Request::colourRange>("colour_range", "--colour-range", "kernel-heatmap",
                                  "values at the ends of the colours"),
    option<&Request::projection>("projection", "--projection", "feature-map", "pca (the default) or tsne"),
    option<&Request::perplexity>("perplexity", "--perplexity", "feature-map", "of t-SNE (30)"),
    option<&Request::mapSeed>("seed", "--seed", "feature-map", "of t-SNE (1)"),
    option<&Request::mapTogether>("together", "--together", "feature-map",
                                  "all runs in one map, coloured by run"),
    option<&Request::widthMm>("width_mm", "--width-mm", "", "Width of the picture (139.7)"),
    option<&Request::heightMm>("height_mm", "--height-mm", "", "Height (what suits the figure)"),
    option<&Request::fontPt>("font_pt", "--font-pt", "", "Size of labels in points (9)"),
    option<&Request::dpi>("dpi", "--dpi", "", "Resolution of PNG (300)"),
};

} // namespace

std::span<const FigureOption> figureOptions() {
    return kOptions;
}

} // namespace finescope::figure
