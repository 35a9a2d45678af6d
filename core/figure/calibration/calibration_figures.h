#pragma once

#include "core/analysis/calibration/reliability.h"
#include "core/analysis/statistics/percentile.h"
#include "core/figure/calibration/diagram_choice.h"
#include "core/figure/choices.h"
#include "core/figure/figure.h"
#include "core/figure/figure_request.h"
#include "core/record/run.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct ReliabilityEntry {
    std::string name{};
    Style style{};
    /// NaN where a number has no meaning: NLL, Brier score of one class, an MCE that a convention lacks.
    analysis::Reliability current;
    std::optional<analysis::Reliability> before{}; ///< then every number reads "before -> after"
    /// Of each bin of `current`, none where it is empty; empty without whiskers.
    std::vector<std::optional<analysis::Interval>> intervals{};
    std::string caution{}; ///< what its fitted temperature suffers from (fitCaution()), or ""
};

struct ReliabilityOptions {
    std::string split{};                     ///< named in the notes
    std::optional<record::EpochKey> epoch{}; ///< likewise, where it is not the model that each run reports
    DiagramChoice choice{};                  ///< what the entries are, for words and notes
    int maxColumns = 5;                      ///< more runs than that start a new row of diagrams
    bool mceCount = true; ///< several diagrams: how many rows the bin of the MCE holds, where there is room
    std::int64_t hatchBelow = 10; ///< bins with fewer rows are hatched
    std::optional<double>
        histogramTop{}; ///< share of rows at the top of the histograms; nullopt: from the data
};

/// The options that a request asks for, for the diagrams of a split; the width is not among them.
[[nodiscard]] ReliabilityOptions reliabilityOptions(const FigureRequest& request, const std::string& split);

/// For a figure that is printed this wide: as many diagrams in a row as can be read, at most 5, fewer where
/// every number is said before and after.
[[nodiscard]] ReliabilityOptions laidOutFor(ReliabilityOptions options, double widthMm, bool beforeAfter);

/// One column per entry: the square reliability diagram, and below it, sharing x, the histogram of
/// confidences (look.md, Reliability diagram; Guo et al. 2017, Figure 1).
[[nodiscard]] Figure reliabilityFigure(std::span<const ReliabilityEntry> entries,
                                       const ReliabilityOptions& options = {});

/// What is said of the bin that makes the MCE.
enum class MceBin {
    nothing,
    count, ///< its rows
    full,  ///< which it is, and its rows
};

/// The numbers of an entry that have a meaning, as its header says them: {"ECE 21.2 %", "MCE 64.0 % (bin 3, n
/// = 2)", "NLL 1.31"}.
[[nodiscard]] std::vector<std::string> reliabilityNumbers(const ReliabilityEntry& entry,
                                                          MceBin bin = MceBin::full);

/// Calibration numbers of one run over temperature.
struct TemperatureCurve {
    std::string name{};
    Style style{};
    std::vector<double> temperature{}; ///< increasing, > 0
    /// At each temperature: fractions, fractions, nats, and 0..2 summed over classes.
    std::vector<double> ece{}, mce{}, nll{}, brier{};
    /// The fitted temperature and the numbers there; nullopt where there was nothing to fit on.
    std::optional<analysis::Reliability> optimum{};
    std::string fittedOn{};                 ///< name of the split, "" without an optimum
    std::optional<double> classifierNorm{}; ///< ||V||_F of the model; then the read-out says ||V||_F / T too
    std::string caution{};                  ///< what the optimum suffers from (fitCaution()), or ""
};

struct TemperatureCurveOptions {
    std::string split{};
    std::optional<record::EpochKey> epoch{};
    std::optional<double> current{};         ///< marked by a line in every panel
    std::vector<CurveQuantity> quantities{}; ///< a panel each, in this order; empty: all four
};

/// The options that a request asks for, for the curves of a split. A temperature other than 1 is marked.
[[nodiscard]] TemperatureCurveOptions temperatureCurveOptions(const FigureRequest& request,
                                                              const std::string& split);

/// ECE, MCE, NLL and Brier score over log T with one legend below; T = 1, the current temperature and each
/// run's optimum are marked. definitions.md, Fitted temperature.
[[nodiscard]] Figure temperatureCurveFigure(std::span<const TemperatureCurve> curves,
                                            const TemperatureCurveOptions& options = {});

} // namespace finescope::figure
