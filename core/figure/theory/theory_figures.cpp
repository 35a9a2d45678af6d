#include "core/figure/theory/theory_figures.h"

#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace finescope::figure {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kBoundPoints = 200; // of a curve from a formula

std::string numberOf(std::int64_t value) {
    return std::to_string(value);
}

/// Mean and spread over the rows (seeds) of values [seeds, x], as a line and its band of the same name. That
/// is short: panels stand side by side.
void addSeeds(Panel& panel, const std::string& name, const Style& style, const std::vector<double>& x,
              const MatrixD& values, analysis::Spread spread, bool markers) {
    const bool logarithmic = panel.y.scale == Scale::logarithmic;
    std::vector<analysis::SeedStatistics> columns;
    double smallest = std::numeric_limits<double>::infinity();
    for (Eigen::Index column = 0; column < values.cols(); ++column) {
        const VectorD seeds = values.col(column);
        columns.push_back(
            analysis::seedStatistics({seeds.data(), static_cast<std::size_t>(seeds.size())}, spread));
        if (columns.back().mean > 0) {
            smallest = std::min(smallest, columns.back().mean);
        }
    }
    const bool several = values.rows() > 1;
    const std::string whole =
        name + ": " + (several ? spreadName(spread) + ", " : "") + "n = " + numberOf(values.rows());
    Line line{.name = whole, .style = style, .markers = markers};
    Band band{.name = whole, .style = style};
    for (std::size_t i = 0; i < x.size(); ++i) {
        const analysis::SeedStatistics& at = columns[i];
        const bool drawn = !logarithmic || at.mean > 0;
        line.x.push_back(x[i]);
        line.y.push_back(drawn ? at.mean : kNaN);
        if (drawn && several) {
            band.x.push_back(x[i]);
            // An interval that reaches below 0 ends a decade under the smallest mean.
            band.low.push_back(logarithmic ? std::max(at.low, smallest / 10) : at.low);
            band.high.push_back(at.high);
        }
    }
    if (several) {
        panel.bands.push_back(std::move(band));
    }
    panel.curves.push_back(std::move(line));
}

Style shadeOf(const char* role, std::size_t which, std::size_t of) {
    return {.role = role, .shade = static_cast<int>(which), .shades = static_cast<int>(of)};
}

/// The series of one dimension, by rank; the dimensions ascending.
struct OfDimension {
    std::int64_t dimension = 0;
    std::vector<const analysis::LoraSeries*> series{};

    [[nodiscard]] std::vector<double> ranks() const {
        std::vector<double> all;
        for (const analysis::LoraSeries* each : series) {
            all.push_back(static_cast<double>(each->rank));
        }
        return all;
    }
    /// [seeds, ranks] of what `values` gives of each.
    template <typename Values>
    [[nodiscard]] MatrixD byRank(Values&& values) const {
        MatrixD result(values(*series.front()).size(), static_cast<Eigen::Index>(series.size()));
        for (std::size_t i = 0; i < series.size(); ++i) {
            result.col(static_cast<Eigen::Index>(i)) = values(*series[i]);
        }
        return result;
    }
};

std::vector<OfDimension> byDimension(const analysis::LoraLaboratory& laboratory) {
    std::vector<OfDimension> all;
    for (const analysis::LoraSeries& series : laboratory.series) {
        auto found = std::ranges::find(all, series.dimension, &OfDimension::dimension);
        if (found == all.end()) {
            found = all.insert(all.end(), {series.dimension, {}});
        }
        found->series.push_back(&series);
    }
    for (OfDimension& each : all) {
        std::ranges::sort(each.series, {}, &analysis::LoraSeries::rank);
    }
    std::ranges::sort(all, {}, &OfDimension::dimension);
    return all;
}

Axis rankAxis() {
    return {.label = "rank r", .scale = Scale::logarithmic};
}

/// The smallest error that the proposition promises 95 % of draws; it begins where it promises anything.
Line boundByRank(double lastRank) {
    Line line{.name = "bound at 95 %", .style = {.role = "reference"}};
    for (int i = 0; i <= kBoundPoints; ++i) {
        const double rank = std::pow(lastRank, static_cast<double>(i) / kBoundPoints);
        if (const auto bound = analysis::loraErrorBound(rank, analysis::kLoraLevel)) {
            line.x.push_back(rank);
            line.y.push_back(*bound);
        }
    }
    return line;
}

Panel quantilePanel(const analysis::LoraLaboratory& laboratory, const OfDimension& of) {
    Panel panel{.header = "Draws of A, d = " + numberOf(of.dimension),
                .x = rankAxis(),
                .y = {.label = "error of F", .scale = Scale::logarithmic},
                .legend = Legend::below};
    const std::vector<double> ranks = of.ranks();
    const std::size_t levels = laboratory.levels.size();
    const auto meanAt = [&](std::size_t level) {
        const MatrixD values = of.byRank([&](const analysis::LoraSeries& series) {
            return series.quantiles.col(static_cast<Eigen::Index>(level));
        });
        const VectorD mean = values.colwise().mean();
        return std::vector<double>(mean.begin(), mean.end());
    };
    // Outermost levels with each other, the one in the middle as a line.
    for (std::size_t i = 0; i < levels / 2; ++i) {
        const std::size_t high = levels - 1 - i;
        panel.bands.push_back({.name = percent(laboratory.levels[i], 0) + " to " +
                                       percent(laboratory.levels[high], 0) + " of draws",
                               .x = ranks,
                               .low = meanAt(i),
                               .high = meanAt(high),
                               .style = shadeOf("lora", i, levels / 2 + 1)});
    }
    const std::size_t middle = levels / 2;
    const double level = laboratory.levels[middle];
    panel.curves.push_back({.name = level == 0.5 ? "median" : percent(level, 0) + " of draws",
                            .x = ranks,
                            .y = meanAt(middle),
                            .style = shadeOf("lora", 0, 1),
                            .markers = true});
    panel.curves.push_back(boundByRank(ranks.back()));
    return panel;
}

Panel errorPanel(const analysis::LoraLaboratory& laboratory, const std::vector<OfDimension>& all,
                 analysis::Spread spread) {
    Panel panel{.header = "95 % of draws",
                .x = rankAxis(),
                .y = {.label = "error of F", .scale = Scale::logarithmic},
                .legend = Legend::below};
    const auto level = std::ranges::find(laboratory.levels, analysis::kLoraLevel) - laboratory.levels.begin();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const MatrixD values =
            all[i].byRank([&](const analysis::LoraSeries& series) { return series.quantiles.col(level); });
        addSeeds(panel, "d = " + numberOf(all[i].dimension), shadeOf("lora", i, all.size()), all[i].ranks(),
                 values, spread, true);
    }
    panel.curves.push_back(boundByRank(all.back().ranks().back()));
    return panel;
}

/// Of the ranks measured: the paper's 8, 64, and the largest.
std::vector<const analysis::LoraSeries*> shownRanks(const OfDimension& of) {
    std::vector<const analysis::LoraSeries*> shown;
    for (const std::int64_t rank : {std::int64_t{8}, std::int64_t{64}, of.series.back()->rank}) {
        const auto found = std::ranges::find(of.series, rank, &analysis::LoraSeries::rank);
        if (found != of.series.end() && std::ranges::find(shown, *found) == shown.end()) {
            shown.push_back(*found);
        }
    }
    return shown;
}

Panel sharePanel(const analysis::LoraLaboratory& laboratory, const OfDimension& of) {
    Panel panel{.header = "Share of draws, d = " + numberOf(of.dimension),
                .x = {.label = "error of F at most"},
                .y = {.label = "share of draws", .ticks = TickStyle::percent, .range = Range{0, 1.03}},
                .legend = Legend::below};
    const auto shown = shownRanks(of);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const VectorD mean = shown[i]->share.colwise().mean();
        panel.curves.push_back({.name = "r = " + numberOf(shown[i]->rank),
                                .x = laboratory.errors,
                                .y = {mean.begin(), mean.end()},
                                .style = shadeOf("lora", i, shown.size())});
    }
    for (std::size_t k = 0; k < shown.size(); ++k) {
        const analysis::LoraSeries* series = shown[k];
        Line bound{.name = "bound, r = " + numberOf(series->rank),
                   .style = shadeOf("reference", k, shown.size())};
        for (int i = 1; i <= kBoundPoints; ++i) {
            const double error = laboratory.errors.back() * i / kBoundPoints;
            const double least = analysis::loraProbabilityBound(error, static_cast<double>(series->rank));
            if (least >= 0) {
                bound.x.push_back(error);
                bound.y.push_back(least);
            }
        }
        if (!bound.x.empty()) {
            panel.curves.push_back(std::move(bound));
        }
    }
    return panel;
}

Panel deviationPanel(const std::vector<OfDimension>& all, analysis::Spread spread) {
    Panel panel{.header = "Relative deviation of F",
                .x = rankAxis(),
                .y = {.label = "standard deviation / mean", .scale = Scale::logarithmic},
                .legend = Legend::below};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const MatrixD values =
            all[i].byRank([](const analysis::LoraSeries& series) { return series.relativeDeviation; });
        addSeeds(panel, "d = " + numberOf(all[i].dimension), shadeOf("lora", i, all.size()), all[i].ranks(),
                 values, spread, true);
    }
    const std::vector<double> ranks = all.back().ranks();
    panel.curves.push_back({.name = "sqrt(2/r)",
                            .x = {ranks.front(), ranks.back()},
                            .y = {std::sqrt(2 / ranks.front()), std::sqrt(2 / ranks.back())},
                            .style = {.role = "reference"}});
    return panel;
}

} // namespace

Figure theoryOrthogonalFigure(const analysis::OrthogonalLaboratory& laboratory, analysis::Spread spread) {
    Figure figure;
    figure.kind = "theory-orthogonal";
    figure.title = "Features outside the span of the training samples";
    figure.columns = 2;
    const std::string steps = exact(laboratory.steps.back());

    Panel fan{.header = "After " + steps + " steps",
              .x = {.label = "angle to the span of the training samples (degrees)", .range = Range{0, 90}},
              .y = {.label = "feature change"},
              .legend = Legend::below};
    std::string sizes;
    for (std::size_t i = 0; i < laboratory.series.size(); ++i) {
        const analysis::OrthogonalSeries& series = laboratory.series[i];
        addSeeds(fan, "d = " + numberOf(series.dimension), shadeOf("ft", i, laboratory.series.size()),
                 laboratory.angles, series.byAngle, spread, true);
        sizes += (sizes.empty() ? "" : ", ") + numberOf(series.samples) + " of " + numberOf(series.dimension);
    }

    const auto& last =
        *std::ranges::max_element(laboratory.series, {}, &analysis::OrthogonalSeries::dimension);
    Panel path{.header = "Over the steps, d = " + numberOf(last.dimension),
               .x = {.label = "steps of gradient descent", .scale = Scale::logarithmic},
               .y = {.label = "feature change", .scale = Scale::logarithmic},
               .legend = Legend::below};
    addSeeds(path, "0\u00b0", shadeOf("ft", 0, 2), laboratory.steps, last.inside, spread, true);
    addSeeds(path, "45\u00b0", shadeOf("ft", 1, 2), laboratory.steps, last.halfway, spread, true);
    addSeeds(path, "90\u00b0", {.role = "pretrained"}, laboratory.steps, last.outside, spread, true);

    figure.panels = {std::move(fan), std::move(path)};
    figure.notes = {"Linear model f(x) = V B x + b trained by full-batch gradient descent; samples of length "
                    "1 at an angle "
                    "to the span of the training samples, which are " +
                        sizes + " dimensions. Lines: mean over n seeds.",
                    "What is orthogonal to all training samples moves by rounding only: by " +
                        significant(last.outside.maxCoeff(), 2) + " at most."};
    figure.altText = "The feature change falls with the cosine of the angle to the span of the training "
                     "samples, and is zero for orthogonal samples after any number of steps.";
    return figure;
}

Figure theoryLoraFigure(const analysis::LoraLaboratory& laboratory, analysis::Spread spread) {
    const std::vector<OfDimension> all = byDimension(laboratory);
    Figure figure;
    figure.kind = "theory-lora";
    figure.title = "LoRA's kernel against that of fine-tuning, by rank";
    figure.columns = 2;
    figure.panels = {quantilePanel(laboratory, all.back()), errorPanel(laboratory, all, spread),
                     sharePanel(laboratory, all.back()), deviationPanel(all, spread)};
    figure.notes = {"Error: ||F_LoRA - sigma^2 r F|| / (c^2 sigma^2 r ||V V^T||) of a pair of samples, c the "
                    "longer one's "
                    "length, over draws of A with normal entries; " +
                        numberOf(laboratory.draws) + " draws of A and " + numberOf(laboratory.pairs) +
                        " pairs for each of n seeds; lines: mean over them.",
                    "Bound: 1 - 4 exp(-(eps^2 - eps^3) r/4), corrected; it promises 95 % of draws anything "
                    "from r = 119 on."};
    figure.altText = "The error of LoRA's kernel falls with the rank as one over its root, whatever the "
                     "dimension, and stays below the bound where there is one.";
    return figure;
}

Figure buildTheoryOrthogonal(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory) {
    return theoryOrthogonalFigure(laboratory.orthogonal, request.spread);
}

Figure buildTheoryLora(const FigureRequest& request, const analysis::TheoryLaboratory& laboratory) {
    return theoryLoraFigure(laboratory.lora, request.spread);
}

} // namespace finescope::figure
