#include "core/analysis/calibration/calibration_conventions.h"

#include "core/analysis/calibration/binning.h"
#include "core/analysis/calibration/reliability_sums.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace finescope::analysis {

namespace {

/// The bin of a confidence, or nothing where the convention leaves the row out.
using BinOf = std::function<std::optional<std::size_t>(double)>;

struct Rule {
    std::string_view name;
    std::string_view edges;
    bool hasMce = false;
    bool singlePrecision = false; ///< confidences are rounded to float32 first
    std::size_t binCount = 0;     ///< one more than asked for where 1 has a bin of its own
    BinOf binOf;
};

/// numpy.linspace(0, 1, count + 1): multiples of a rounded step, some an ulp above i / count.
std::vector<double> numpyEdges(int count) {
    std::vector<double> edges;
    const double step = 1.0 / count;
    for (int edge = 0; edge < count; ++edge) {
        edges.push_back(edge * step);
    }
    edges.push_back(1);
    return edges;
}

/// torch.linspace(0, 1, count + 1) in float32: multiples of a rounded step, from below up to the middle and
/// from above behind it.
std::vector<double> torchEdges(int count) {
    std::vector<double> edges;
    const float step = 1.0F / static_cast<float>(count);
    const int half = (count + 1) / 2;
    for (int edge = 0; edge <= count; ++edge) {
        const auto steps = static_cast<float>(edge < half ? edge : count - edge);
        // One rounding, as the compiler fuses it there.
        edges.push_back(edge < half ? step * steps : std::fma(-step, steps, 1.0F));
    }
    return edges;
}

std::size_t countBelow(const std::vector<double>& edges, double confidence) {
    return static_cast<std::size_t>(std::ranges::lower_bound(edges, confidence) - edges.begin());
}

std::size_t countBelowOrAt(const std::vector<double>& edges, double confidence) {
    return static_cast<std::size_t>(std::ranges::upper_bound(edges, confidence) - edges.begin());
}

/// (lo, hi], where 0 is in no bin.
BinOf closedAbove(std::vector<double> edges) {
    return [edges = std::move(edges)](double confidence) -> std::optional<std::size_t> {
        const std::size_t below = countBelow(edges, confidence);
        return below > 0 ? std::optional(below - 1) : std::nullopt;
    };
}

/// (lo, hi], where 0 is in the first.
BinOf closedAboveFromZero(std::vector<double> edges) {
    return [edges = std::move(edges)](double confidence) {
        const std::size_t below = countBelow(edges, confidence);
        return std::optional(below > 0 ? below - 1 : 0);
    };
}

/// [lo, hi), where the last that may be reached is `last`.
BinOf closedBelow(std::vector<double> edges, std::size_t last) {
    return [edges = std::move(edges), last](double confidence) {
        return std::optional(std::min(countBelowOrAt(edges, confidence) - 1, last));
    };
}

Rule ruleOf(Convention convention, int binCount) {
    const ConfidenceBins own(binCount); // refuses a number of bins that is out of range, whoever is asked
    const auto count = static_cast<std::size_t>(binCount);
    const auto ownBin = [own](double confidence) { return std::optional(own.indexOf(confidence)); };
    switch (convention) {
    case Convention::finescope:
        break;
    case Convention::paper:
        return {.name = "paper",
                .edges = "(lo, hi], 0 in no bin; edges of numpy.linspace",
                .hasMce = true,
                .binCount = count,
                .binOf = closedAbove(numpyEdges(binCount))};
    case Convention::gpleiss:
        return {.name = "gpleiss",
                .edges = "(lo, hi], 0 in no bin; float32, edges of torch.linspace",
                .singlePrecision = true,
                .binCount = count,
                .binOf = closedAbove(torchEdges(binCount))};
    case Convention::netcal:
        return {.name = "netcal",
                .edges = "[lo, hi), 1 in the last bin; edges of numpy.linspace",
                .hasMce = true,
                .binCount = count,
                .binOf = closedBelow(numpyEdges(binCount), count - 1)};
    case Convention::torchmetrics:
        return {.name = "torchmetrics",
                .edges = "[lo, hi), 1 in a bin of its own; float32, edges of torch.linspace",
                .hasMce = true,
                .singlePrecision = true,
                .binCount = count + 1,
                .binOf = closedBelow(torchEdges(binCount), count)};
    case Convention::scikitLearn:
        return {.name = "scikit-learn",
                .edges = "(lo, hi], 0 in the first bin; edges of numpy.linspace",
                .binCount = count,
                .binOf = closedAboveFromZero(numpyEdges(binCount))};
    case Convention::verifiedCalibration:
        return {.name = "verified_calibration",
                .edges = "(lo, hi], 0 in the first bin; edges i/K",
                .binCount = count,
                .binOf = ownBin};
    case Convention::relplot:
        return {.name = "relplot",
                .edges = "[lo, hi), 1 in a bin of its own; bin p / (1/K), cut off",
                .binCount = count + 1,
                .binOf = [binCount, count](double confidence) {
                    return std::optional(
                        std::min(static_cast<std::size_t>(confidence / (1.0 / binCount)), count));
                }};
    }
    return {.name = "finescope",
            .edges = "(lo, hi], 0 in the first bin; edges i/K",
            .hasMce = true,
            .binCount = count,
            .binOf = ownBin};
}

/// i/K, and 1 twice where 1 has a bin of its own.
std::vector<double> drawnEdges(const Rule& rule, int binCount) {
    std::vector<double> edges = ConfidenceBins(binCount).edges();
    edges.resize(rule.binCount + 1, 1.0);
    return edges;
}

} // namespace

std::span<const Convention> allConventions() {
    static constexpr std::array kAll{Convention::finescope,
                                     Convention::paper,
                                     Convention::gpleiss,
                                     Convention::netcal,
                                     Convention::torchmetrics,
                                     Convention::scikitLearn,
                                     Convention::verifiedCalibration,
                                     Convention::relplot};
    return kAll;
}

std::string_view nameOf(Convention convention) {
    return ruleOf(convention, 1).name;
}

bool hasBinaryForm(Convention convention) {
    switch (convention) {
    case Convention::finescope:
    case Convention::paper:
    case Convention::gpleiss:
        return false;
    case Convention::netcal:
    case Convention::torchmetrics:
    case Convention::scikitLearn:
    case Convention::verifiedCalibration:
    case Convention::relplot:
        break;
    }
    return true;
}

bool takesSecondClass(Convention convention) {
    return convention == Convention::netcal;
}

ConventionError errorUnder(Convention convention, const Forecasts& forecasts, int binCount) {
    requireForecasts(forecasts);
    const Rule rule = ruleOf(convention, binCount);
    std::vector<BinSums> sums(rule.binCount);
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        const double exact = forecasts.confidence[row];
        const double confidence =
            rule.singlePrecision ? static_cast<double>(static_cast<float>(exact)) : exact;
        if (const auto bin = rule.binOf(confidence)) {
            sums[*bin].add(confidence, forecasts.right[row] != 0);
        }
    }
    ConventionError result;
    result.convention = convention;
    result.name = rule.name;
    result.edges = rule.edges;
    double largest = 0;
    const std::vector<double> edges = drawnEdges(rule, binCount);
    result.bins = meansOf(sums, edges);
    for (const BinSums& bin : sums) {
        // |sum right - sum confidence| / N is n/N |accuracy - mean confidence|, N with the rows left out.
        const double difference = std::abs(static_cast<double>(bin.right) - bin.confidence);
        result.ece += difference / static_cast<double>(forecasts.size());
        if (bin.count > 0) {
            largest = std::max(largest, difference / static_cast<double>(bin.count));
        }
    }
    if (rule.hasMce) {
        result.mce = largest;
    }
    return result;
}

std::vector<ConventionError> errorUnderEachConvention(const Forecasts& forecasts, int binCount) {
    std::vector<ConventionError> table;
    for (const Convention convention : allConventions()) {
        table.push_back(errorUnder(convention, forecasts, binCount));
    }
    return table;
}

} // namespace finescope::analysis
