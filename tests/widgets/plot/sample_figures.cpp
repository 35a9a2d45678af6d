#include "tests/widgets/plot/sample_figures.h"

#include "core/figure/label/method_name.h"

#include <cmath>
#include <cstdio>

namespace finescope::tests {

namespace {

std::string percent(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", 100 * value);
    return text;
}

figure::Line curve(const std::string& method, double from, double to, int points) {
    figure::Line line;
    line.name = figure::methodName(method);
    line.style.role = method;
    for (int i = 0; i <= points; ++i) {
        const double x = 10.0 * i / points;
        line.x.push_back(x);
        line.y.push_back(from + (to - from) * (1 - std::exp(-x / 3)) + 0.02 * to * std::sin(7 * x));
    }
    return line;
}

} // namespace

figure::Figure sampleReliability(const std::vector<std::string>& methods, double temperature) {
    figure::Figure figure;
    figure.kind = "reliability";
    figure.title = "Reliability diagrams";
    figure.altText = "One reliability diagram per method with its histogram of confidences.";
    figure.columns = static_cast<int>(methods.size());
    figure.rowHeights = {1, 0.34};
    figure.sharedColumns = true;
    std::vector<figure::Panel> histograms;
    for (std::size_t m = 0; m < methods.size(); ++m) {
        figure::Panel diagram, histogram;
        diagram.header = figure::methodName(methods[m]);
        diagram.lines = {"n = 1000",
                         "ECE " + percent(0.21 / temperature) + "  MCE 64.0 % (bin 3, n = 2)  NLL 1.31"};
        diagram.square = true;
        diagram.x = {"", figure::Scale::linear, figure::TickStyle::percent, {}, figure::Range{0, 1}, false};
        diagram.y = {m == 0 ? "accuracy" : "",   figure::Scale::linear,
                     figure::TickStyle::percent, {},
                     figure::Range{0, 1},        m == 0};
        figure::Bars bars, over, under, counts;
        bars.name = "accuracy";
        bars.style.role = methods[m];
        over.style.role = "over-confidence";
        under.style.role = "under-confidence";
        over.outlined = under.outlined = false;
        over.name = "over-confidence";
        under.name = "under-confidence";
        counts.name = "samples";
        counts.style.role = methods[m];
        figure::Line means;
        means.style.role = "mean-confidence";
        means.legend = false;
        for (int b = 2; b < 15; ++b) {
            const double left = b / 15.0, right = (b + 1) / 15.0, mean = (left + right) / 2;
            const double accuracy = std::min(1.0, std::pow(mean, 1.0 + 0.5 / temperature) +
                                                      0.08 * std::sin(3.0 * b + static_cast<double>(m)));
            bars.left.push_back(left);
            bars.right.push_back(right);
            bars.base.push_back(0);
            bars.top.push_back(accuracy);
            bars.hatched.push_back(b < 5);
            bars.note.push_back("accuracy " + percent(accuracy) + ", n = " + std::to_string(b * b));
            figure::Bars& gap = accuracy < mean ? over : under;
            gap.left.push_back(left);
            gap.right.push_back(right);
            gap.base.push_back(std::min(accuracy, mean));
            gap.top.push_back(std::max(accuracy, mean));
            means.x.insert(means.x.end(), {left, right, std::nan("")});
            means.y.insert(means.y.end(), {mean, mean, std::nan("")});
            counts.left.push_back(left);
            counts.right.push_back(right);
            counts.base.push_back(0);
            counts.top.push_back(b * b / 1000.0);
        }
        diagram.bars = {bars, over, under};
        figure::Line diagonal{"", {0, 1}, {0, 1}, {"diagonal"}, false, false};
        diagram.curves = {diagonal, means};
        histogram.x = {"confidence", figure::Scale::linear, figure::TickStyle::percent,
                       {},           figure::Range{0, 1},   true};
        histogram.y = {m == 0 ? "share of samples" : "",
                       figure::Scale::linear,
                       figure::TickStyle::percent,
                       {},
                       std::nullopt,
                       m == 0};
        histogram.bars = {counts};
        histogram.references = {
            {true, 0.66, "accuracy", {"accuracy"}},
            {true, 0.78 / std::sqrt(temperature), "mean confidence", {"mean-confidence"}}};
        figure.panels.push_back(diagram);
        histograms.push_back(histogram);
    }
    figure.panels.insert(figure.panels.end(), histograms.begin(), histograms.end());
    return figure;
}

figure::Figure sampleNorms(figure::Scale scale) {
    figure::Figure figure;
    figure.kind = "classifier-norm";
    figure.title = "Classifier norm";
    figure.altText = "Norm of the classifier weights of five methods over training.";
    figure::Panel panel;
    panel.x = {"epoch", figure::Scale::linear, figure::TickStyle::integer, {}, std::nullopt, true};
    panel.y = {"classifier weight norm", scale, figure::TickStyle::number, {}, std::nullopt, true};
    panel.legend = figure::Legend::inside;
    panel.curves = {curve("lp", 24, 24.5, 10), curve("ft", 0.45, 0.6, 400), curve("lora", 0.45, 1.4, 40),
                    curve("lp-ft", 24, 25.5, 400), curve("lp-lora", 24, 28, 40)};
    panel.curves[0].markers = panel.curves[2].markers = panel.curves[4].markers = true;
    figure::Band band{"LP-FT: 95 % t interval, n = 5", panel.curves[3].x, {}, {}, {"lp-ft"}};
    for (const double y : panel.curves[3].y) {
        band.low.push_back(0.9 * y);
        band.high.push_back(1.1 * y);
    }
    panel.bands = {band};
    panel.references = {{true, 4, "LP to FT", {"switch"}}};
    figure.panels = {panel};
    return figure;
}

figure::Figure sampleFinalNorms() {
    figure::Figure figure;
    figure.kind = "classifier-norm-final";
    figure.title = "Final classifier norm";
    figure::Panel panel;
    panel.x = {"", figure::Scale::linear, figure::TickStyle::category, {}, std::nullopt, true};
    panel.y.label = "classifier weight norm";
    panel.legend = figure::Legend::below;
    int place = 0;
    for (const std::string method : {"pretrained", "lp", "ft", "lora", "lp-ft", "lp-lora"}) {
        panel.x.categories.push_back(figure::methodName(method));
        figure::Bars bars;
        bars.name = figure::methodName(method);
        bars.style.role = method;
        bars.legend = true;
        bars.left = {place - 0.35};
        bars.right = {place + 0.35};
        bars.base = {0};
        bars.top = {1 + 4.2 * ((place * 7) % 5)};
        panel.bars.push_back(bars);
        ++place;
    }
    figure.panels = {panel};
    return figure;
}

figure::Figure sampleHeatMap(bool diverging) {
    figure::Figure figure;
    figure.kind = "kernel-heatmap";
    figure.title = "Kernel";
    figure::Panel panel;
    panel.header = "P, trace norm";
    panel.square = true;
    panel.x.label = "sample, sorted by class";
    panel.y.label = "sample, sorted by class";
    figure::HeatCells cells{.rows = 40, .columns = 40};
    for (int row = 0; row < 40; ++row) {
        for (int column = 0; column < 40; ++column) {
            cells.values.push_back(std::exp(-std::abs(row - column) / 9.0) *
                                   (diverging ? std::cos(row / 6.0) : 1.0) * 3e4);
        }
    }
    panel.heatMap = figure::HeatMap{.cells = std::make_shared<const figure::HeatCells>(std::move(cells)),
                                    .diverging = diverging,
                                    .label = "trace norm"};
    figure.panels = {panel};
    return figure;
}

figure::Figure sampleTwoAxes() {
    figure::Figure figure;
    figure.kind = "training";
    figure.title = "Norm and accuracy";
    figure::Panel panel;
    panel.header = "rte, seed 1";
    panel.x.label = "step";
    panel.y = {"loss", figure::Scale::logarithmic, figure::TickStyle::number, {}, std::nullopt, true};
    panel.right = figure::Axis{"accuracy", figure::Scale::linear, figure::TickStyle::percent,
                               {},         figure::Range{0, 1},   true};
    panel.legend = figure::Legend::beside;
    figure::Line loss = curve("ft", 2, 0.001, 2000), accuracy = curve("lp-ft", 0.5, 0.8, 10);
    loss.name = "FT: loss";
    accuracy.name = "LP-FT: accuracy";
    accuracy.side = figure::Side::right;
    accuracy.markers = true;
    panel.curves = {loss, accuracy};
    figure.panels = {panel};
    return figure;
}

figure::Figure sampleEmpty() {
    figure::Figure figure;
    figure.kind = "training";
    figure::Panel panel;
    panel.x.label = "epoch";
    panel.y.label = "loss";
    panel.emptyText = "Check a run on the left to see how it trained.";
    figure.panels = {panel};
    return figure;
}

} // namespace finescope::tests
