#pragma once

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/calibration_conventions.h"
#include "core/analysis/kernel/kernel_statistics.h"
#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/record/run.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace finescope::figure {

/// Everything that decides what a figure shows and how large it is printed: what a recipe holds and what the
/// command line sets, option by option (figureOptions()). An option that a kind does not use is left alone.
struct FigureRequest {
    std::string kind{};               ///< one of figureKinds()
    std::vector<std::string> files{}; ///< run files or folders, as given

    XAxis xAxis = XAxis::epochs;
    Origin origin = Origin::fineTuning;
    bool logX = false, logY = false;
    Grouping grouping = Grouping::runs;
    analysis::Spread spread = analysis::Spread::tInterval95;
    double smoothing = 0;
    bool withAccuracy = false, finalBars = false;
    std::vector<std::string> splits{}; ///< calibration and norm-derivative take the first
    /// Of figures of the classifier's rows; empty: all. A reliability diagram takes the first, against the
    /// others.
    std::vector<std::string> classes{};
    int bins = 15;
    analysis::Binning binning = analysis::Binning::equalWidth;         ///< of reliability diagrams
    analysis::Convention convention = analysis::Convention::finescope; ///< likewise
    AccuracyIntervals intervals = AccuracyIntervals::none;             ///< likewise
    TemperatureChoice temperature{};
    std::optional<record::EpochKey> epoch{}; ///< of calibration figures; nullopt: the model each run reports
    bool beforeAfter = false;
    std::string fitOn{}; ///< split that temperatures are fitted on; "": the validation split
    std::vector<CurveQuantity> quantities{}; ///< of temperature-curve; empty: all

    std::string kernelState{}; ///< "pretrained", "after_lp" or "": where the run's fine-tuning starts
    std::vector<analysis::KernelPart>
        kernelParts{};        ///< empty: what suits the figure; a heat map takes the first
    bool rawSpectrum = false; ///< not divided by the largest singular value
    SpectrumAxis spectrumAxis = SpectrumAxis::index;
    /// Of spectra, heat maps, norms of norm-scaling and of the classifier's rows; else logarithmic.
    bool linearValues = false;
    std::optional<Range> colourRange{}; ///< of heat maps; nullopt: each map from its values

    Projection projection = Projection::pca; ///< of feature maps, with what follows
    double perplexity = 30;
    std::uint64_t mapSeed = 1;
    bool mapTogether = false; ///< all runs in one map, coloured by run

    double widthMm = 139.7;
    std::optional<double> heightMm{}; ///< nullopt: what suits the figure
    double fontPt = 9;
    int dpi = 300;

    /// The split of a figure that shows one; "": the usual one of its kind.
    [[nodiscard]] std::string firstSplit() const { return splits.empty() ? std::string{} : splits.front(); }
    /// The scale of values that are logarithmic unless linear ones are asked for.
    [[nodiscard]] Scale valueScale() const { return linearValues ? Scale::linear : Scale::logarithmic; }
};

[[nodiscard]] constexpr Scale scaleOf(bool logarithmic) {
    return logarithmic ? Scale::logarithmic : Scale::linear;
}

} // namespace finescope::figure
