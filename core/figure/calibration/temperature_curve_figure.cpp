#include "core/analysis/temperature/temperature.h"
#include "core/figure/calibration/calibration_figures.h"
#include "core/figure/calibration/calibration_notes.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>

namespace finescope::figure {

namespace {

using analysis::Reliability;

/// How a number of the curves is drawn.
struct Quantity {
    const char* label;
    std::vector<double> TemperatureCurve::*values;
    double Reliability::*atOptimum;
    TickStyle ticks;
};

Quantity quantityOf(CurveQuantity quantity) {
    switch (quantity) {
    case CurveQuantity::ece:
        break;
    case CurveQuantity::mce:
        return {"MCE", &TemperatureCurve::mce, &Reliability::mce, TickStyle::percent};
    case CurveQuantity::nll:
        return {"NLL", &TemperatureCurve::nll, &Reliability::nll, TickStyle::number};
    case CurveQuantity::brier:
        return {"Brier score", &TemperatureCurve::brier, &Reliability::brier, TickStyle::number};
    }
    return {"ECE", &TemperatureCurve::ece, &Reliability::ece, TickStyle::percent};
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

Scatter optimumMark(const TemperatureCurve& curve, const Quantity& quantity) {
    const double value = (*curve.optimum).*quantity.atOptimum;
    return {.name = curve.name + ": fitted temperature",
            .x = {curve.optimum->temperature},
            .y = {value},
            .style = curve.style,
            .note = {curve.name + ": " + optimumText(curve) + ", " + quantity.label + " " +
                     (quantity.ticks == TickStyle::percent ? percent(value) : fixed(value, 3))},
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

Panel panelOf(std::span<const TemperatureCurve> curves, const Quantity& quantity,
              const std::optional<double>& current) {
    Panel panel;
    panel.x = {.label = "temperature", .scale = Scale::logarithmic};
    panel.y = {.label = quantity.label, .ticks = quantity.ticks};
    if (quantity.values == &TemperatureCurve::nll) {
        panel.y.range = suitableNll(curves);
    }
    for (const TemperatureCurve& curve : curves) {
        panel.curves.push_back(
            {.name = curve.name, .x = curve.temperature, .y = curve.*quantity.values, .style = curve.style});
        if (curve.optimum) {
            panel.scatters.push_back(optimumMark(curve, quantity));
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
    std::vector<CurveQuantity> quantities = options.quantities;
    if (quantities.empty()) {
        quantities.assign(kCurveQuantities.begin(), kCurveQuantities.end());
    }
    for (const CurveQuantity each : quantities) {
        const Quantity quantity = quantityOf(each);
        figure.panels.push_back(panelOf(curves, quantity, options.current));
        figure.altText += std::string(each == quantities.front() ? " " : ", ") + quantity.label;
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
