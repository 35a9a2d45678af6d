#include "core/analysis/temperature/temperature.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_notes.h"
#include "core/figure/calibration/curve_quantities.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace finescope::figure {

namespace {

const CurveNumber& numberOf(CurveQuantity quantity) {
    return *std::ranges::find(kCurveNumbers, quantity, &CurveNumber::quantity);
}

/// "T = 1.734, as if ||V|| were 12.3".
std::string optimumText(const TemperatureCurve& curve) {
    const double temperature = curve.optimum->temperature;
    std::string text = "T = " + significant(temperature, 4);
    if (curve.classifierNorm) {
        text += ", as if ||V|| were " +
                significant(analysis::equivalentClassifierNorm(*curve.classifierNorm, temperature), 3) +
                " instead of " + significant(*curve.classifierNorm, 3);
    }
    return text;
}

Scatter optimumMark(const TemperatureCurve& curve, const CurveNumber& number) {
    const double value = (*curve.optimum).*number.atOptimum;
    return {.name = curve.name + ": fitted temperature",
            .x = {curve.optimum->temperature},
            .y = {value},
            .style = curve.style,
            .note = {curve.name + ": " + optimumText(curve) + ", " + number.label + " " +
                     (number.ticks == TickStyle::percent ? percent(value) : fixed(value, 3))},
            .legend = false};
}

ReferenceLine temperatureLine(double temperature, const char* role, bool dashed) {
    ReferenceLine line;
    line.at = temperature;
    line.style.role = role;
    line.dashed = dashed;
    return line;
}

/// Up to what is seen from T = 1 on: logits divided by 0.05 have an NLL so large that all minima would lie
/// flat on the axis.
Range suitableNll(std::span<const TemperatureCurve> curves) {
    double largest = 0;
    for (const TemperatureCurve& curve : curves) {
        for (std::size_t i = 0; i < curve.temperature.size(); ++i) {
            const bool seen = curve.temperature[i] >= 1 || i + 1 == curve.temperature.size();
            largest = seen ? std::max(largest, curve.nll[i]) : largest;
        }
        largest = curve.optimum ? std::max(largest, curve.optimum->nll) : largest;
    }
    return {0, largest > 0 && std::isfinite(largest) ? 1.1 * largest : 1};
}

Panel panelOf(std::span<const TemperatureCurve> curves, const CurveNumber& number,
              const std::optional<double>& current) {
    Panel panel;
    panel.x = {.label = "temperature", .scale = Scale::logarithmic};
    panel.y = {.label = number.label, .ticks = number.ticks};
    if (number.values == &TemperatureCurve::nll) {
        panel.y.range = suitableNll(curves);
    }
    for (const TemperatureCurve& curve : curves) {
        panel.curves.push_back(
            {.name = curve.name, .x = curve.temperature, .y = curve.*number.values, .style = curve.style});
        if (curve.optimum) {
            panel.scatters.push_back(optimumMark(curve, number));
        }
    }
    if (current) {
        panel.references.push_back(temperatureLine(*current, "current", false));
    }
    if (current != 1.0) {
        panel.references.push_back(temperatureLine(1, "reference", true));
    }
    return panel;
}

/// What the dots are, by the split that the temperatures were fitted on.
std::string dotsText(std::span<const TemperatureCurve> curves) {
    std::vector<std::string> splits;
    for (const TemperatureCurve& curve : curves) {
        if (curve.optimum && std::ranges::find(splits, curve.fittedOn) == splits.end()) {
            splits.push_back(curve.fittedOn);
        }
    }
    if (splits.empty()) {
        return "no temperature was fitted";
    }
    std::string names;
    for (const std::string& split : splits) {
        names += (names.empty() ? "" : " or ") + split;
    }
    return "dots: each run at the temperature that minimises its NLL on the " + names + " split";
}

} // namespace

TemperatureCurveOptions temperatureCurveOptions(const FigureRequest& request, const std::string& split) {
    TemperatureCurveOptions options{.split = split, .epoch = request.epoch, .quantities = request.quantities};
    if (!request.temperature.fitted && request.temperature.value != 1) {
        options.current = request.temperature.value;
    }
    return options;
}

Figure temperatureCurveFigure(std::span<const TemperatureCurve> curves,
                              const TemperatureCurveOptions& options) {
    Figure figure;
    figure.kind = "temperature-curve";
    figure.title = "Calibration over temperature";
    figure.altText = "Calibration over temperature:";
    if (curves.empty()) {
        figure.panels.resize(1);
        figure.panels.front().emptyText = "No runs with logits chosen.";
        return figure;
    }
    std::vector<CurveNumber> numbers(kCurveNumbers.begin(), kCurveNumbers.end());
    if (!options.quantities.empty()) {
        numbers.clear();
        std::ranges::transform(options.quantities, std::back_inserter(numbers), numberOf);
    }
    for (const CurveNumber& number : numbers) {
        figure.altText += std::string(figure.panels.empty() ? " " : ", ") + number.label;
        figure.panels.push_back(panelOf(curves, number, options.current));
    }
    figure.altText += ".";
    layOutSmallMultiples(figure);
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const TemperatureCurve& curve : curves) {
        if (curve.optimum) {
            figure.altText += " " + curve.name + ": fitted " + optimumText(curve) + ".";
        }
        cautions.emplace_back(curve.name, curve.caution);
    }
    figure.notes = {evaluationText(options.split, options.epoch, "; ") + dotsText(curves) +
                    "; dashed: T = 1" +
                    (options.current ? "; solid: T = " + temperatureText(*options.current) : "") + "."};
    addCautions(figure, cautions);
    return figure;
}

} // namespace finescope::figure
