#pragma once

#include "core/analysis/reliability.h"
#include "core/figure/figure.h"
#include "core/record/run.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace finescope::figure {

struct ReliabilityEntry {
    std::string name{};
    Style style{};
    analysis::Reliability current;
    std::optional<analysis::Reliability> before{}; ///< then every number reads "before -> after"
};

struct ReliabilityOptions {
    std::string split{};                     ///< named in the notes
    std::optional<record::EpochKey> epoch{}; ///< likewise, where it is not the model that each run reports
    int maxColumns = 5;                      ///< more runs than that start a new row of diagrams
    std::int64_t hatchBelow = 10;            ///< bins with fewer rows are hatched
    std::optional<double>
        histogramTop{}; ///< share of rows at the top of the histograms; nullopt: from the data
};

/// How many diagrams stand in a row of a figure that is printed this wide: as many as can be read, at most 5.
[[nodiscard]] int diagramColumns(double widthMm);

/// One column per entry: the square reliability diagram, and below it, sharing x, the histogram of
/// confidences (LOOK.md, "Reliability diagram"; PAPER 2.10; Guo et al. 2017, Figure 1).
[[nodiscard]] Figure reliabilityFigure(std::span<const ReliabilityEntry> entries,
                                       const ReliabilityOptions& options = {});

/// The numbers of an entry as its header says them: {"ECE 21.2 %", "MCE 64.0 % (bin 3, n = 2)", "NLL 1.31"}.
[[nodiscard]] std::vector<std::string> reliabilityNumbers(const ReliabilityEntry& entry);

/// Calibration numbers of one run over temperature.
struct TemperatureCurve {
    std::string name{};
    Style style{};
    std::vector<double> temperature{};       ///< increasing, > 0
    std::vector<double> ece{}, mce{}, nll{}; ///< at each temperature; fractions, fractions, nats
    /// The fitted temperature and the numbers there; nullopt where there was nothing to fit on.
    std::optional<analysis::Reliability> optimum{};
};

struct TemperatureCurveOptions {
    std::string split{};
    std::optional<record::EpochKey> epoch{};
    std::optional<double> current{}; ///< marked by a line in every panel
    int columns = 2;
};

/// ECE, MCE and NLL over log T and, in a fourth place, the legend; the current temperature and each run's
/// optimum are marked.
[[nodiscard]] Figure temperatureCurveFigure(std::span<const TemperatureCurve> curves,
                                            const TemperatureCurveOptions& options = {});

} // namespace finescope::figure
