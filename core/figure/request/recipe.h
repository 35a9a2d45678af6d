#pragma once

#include "core/analysis/statistics/seed_statistics.h"
#include "core/figure/calibration/calibration_view.h"
#include "core/figure/chart/run_curves.h"
#include "core/figure/feature/feature_map.h"
#include "core/figure/figure.h"
#include "core/figure/kernel/kernel_figures.h"
#include "core/figure/training/training_figures.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace finescope::figure {

/// What a figure on paper may be: for recipes, the command line, the export and its dialog.
inline constexpr Range kWidthMm{20, 2000}, kHeightMm{15, 2000}, kFontPt{3, 40}, kDpi{30, 2400};

/// How long the JSON of a recipe may be: room for the names of some ten thousand run files.
inline constexpr std::int64_t kMostRecipeBytes = std::int64_t{4} << 20U;

/// Throws Error{badInput} that calls the number `what` and names the range if it lies outside or is NaN.
void requireWithin(double value, const Range& range, const std::string& what, const std::string& unit);

/// Everything that decides what a figure shows and how large it is printed: what a recipe holds and what the
/// command line sets. An option that a kind does not use is left alone.
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
};

/// The request as one line of JSON, in ASCII, that `requestFromJson` reads back; the same request gives the
/// same bytes.
[[nodiscard]] std::string requestToJson(const FigureRequest& request);

/// An evaluation as recipes and the command line name it: "3" (fine-tuning) or "lp:1" (linear probing).
[[nodiscard]] std::string epochText(const record::EpochKey& key);
/// What epochText wrote; nullopt for any other text.
[[nodiscard]] std::optional<record::EpochKey> epochFromText(std::string_view text);

/// A part of the kernel as recipes and the command line name it: "P", "F" or "total"; nullopt for other text.
[[nodiscard]] std::optional<analysis::KernelPart> kernelPartFromText(std::string_view text);

/// A number over temperature as recipes and the command line name it: "ece", "mce", "nll" or "brier"; nullopt
/// for other text.
[[nodiscard]] std::optional<CurveQuantity> curveQuantityFromText(std::string_view text);

/// Names as recipes and the command line say them: "equal-width" and "equal-mass"; those that
/// analysis::nameOf() gives; "none", "wilson", "bootstrap" and "consistency". nullopt for other text.
[[nodiscard]] std::optional<analysis::Binning> binningFromText(std::string_view text);
[[nodiscard]] std::optional<analysis::Convention> conventionFromText(std::string_view text);
[[nodiscard]] std::optional<AccuracyIntervals> intervalsFromText(std::string_view text);

/// What a reliability diagram of the request looks at.
[[nodiscard]] DiagramChoice diagramChoice(const FigureRequest& request);

/// Missing keys keep their defaults. Throws Error{badInput} that starts with `where` (a file name) and names
/// the key if one is unknown, has the wrong type or an impossible value.
[[nodiscard]] FigureRequest requestFromJson(const std::string& text, const std::string& where);

/// Throws Error{badInput} if the request cannot be drawn: unknown kind, size, bins or temperature out of
/// range.
void validate(const FigureRequest& request);

} // namespace finescope::figure
