#include "core/figure/calibration_figures.h"

#include "core/figure/calibration_notes.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace finescope::figure {

namespace {

using analysis::Reliability;
using analysis::ReliabilityBin;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kArrow = " \u2192 ";
// More diagrams side by side have no room for all numbers in one line.
constexpr std::size_t kColumnsWithOneLine = 1;

/// "21.2 %" or "21.2 → 5.1 %".
std::string changing(const ReliabilityEntry& entry, double Reliability::*number) {
    if (!entry.before) {
        return percent(entry.current.*number);
    }
    return fixed(100 * (*entry.before).*number, 1) + kArrow + percent(entry.current.*number);
}

std::string worstBin(const Reliability& reliability) {
    if (!reliability.mceBin) {
        return {};
    }
    const auto count = reliability.bins[*reliability.mceBin].count;
    return " (bin " + std::to_string(*reliability.mceBin + 1) + ", n = " + std::to_string(count) + ")";
}

std::string binNote(const ReliabilityBin& bin, std::size_t index) {
    return "bin " + std::to_string(index + 1) + " (" + fixed(bin.low, 3) + ", " + fixed(bin.high, 3) +
           "]: n = " + std::to_string(bin.count) + ", accuracy " + percent(bin.accuracy) + ", confidence " +
           percent(bin.meanConfidence);
}

void addBar(Bars& bars, const ReliabilityBin& bin, double base, double top, bool hatched, std::string note) {
    bars.left.push_back(bin.low);
    bars.right.push_back(bin.high);
    bars.base.push_back(base);
    bars.top.push_back(top);
    bars.hatched.push_back(hatched);
    bars.note.push_back(std::move(note));
}

/// Accuracy over mean confidence of each bin before scaling.
Scatter beforePoints(const Reliability& before) {
    Scatter points;
    points.name = "before (T = " + significant(before.temperature, 3) + ")";
    points.legend = false;
    for (const ReliabilityBin& bin : before.bins) {
        if (bin.count > 0) {
            points.x.push_back(bin.meanConfidence);
            points.y.push_back(bin.accuracy);
        }
    }
    return points;
}

std::string header(const ReliabilityEntry& entry) {
    return entry.name + ", n = " + std::to_string(entry.current.count);
}

/// "  T = 2", "  T = 1 → 1.73", or nothing at T = 1.
std::string temperatures(const ReliabilityEntry& entry) {
    const std::string current = temperatureText(entry.current.temperature);
    if (entry.before) {
        return "  T = " + temperatureText(entry.before->temperature) + kArrow + current;
    }
    return entry.current.temperature == 1 ? "" : "  T = " + current;
}

Panel diagram(const ReliabilityEntry& entry, std::size_t columns, std::int64_t hatchBelow) {
    Panel panel;
    panel.header = header(entry);
    std::vector<std::string> numbers = reliabilityNumbers(entry);
    numbers.back() += temperatures(entry);
    if (columns > kColumnsWithOneLine) {
        panel.header = entry.name;
        numbers.back() += "  n = " + std::to_string(entry.current.count);
        numbers[1] = "MCE " + changing(entry, &Reliability::mce);
    }
    if (columns <= kColumnsWithOneLine && !entry.before) {
        panel.lines = {numbers[0] + "  " + numbers[1] + "  " + numbers[2]};
    } else {
        panel.lines = numbers;
    }
    panel.square = true;
    panel.x = {.label = "", .ticks = TickStyle::number, .range = Range{0, 1}, .tickLabels = false};
    panel.y = {.label = "accuracy", .ticks = TickStyle::number, .range = Range{0, 1}};
    Bars accuracy{.name = "accuracy", .style = entry.style};
    Bars over{.name = "over-confidence", .style = {.role = "over-confidence"}, .outlined = false};
    Bars under{.name = "under-confidence", .style = {.role = "under-confidence"}, .outlined = false};
    Line ticks{
        .name = "mean confidence", .x = {}, .y = {}, .style = {.role = "mean-confidence"}, .legend = false};
    for (std::size_t i = 0; i < entry.current.bins.size(); ++i) {
        const ReliabilityBin& bin = entry.current.bins[i];
        if (bin.count == 0) {
            continue;
        }
        const bool few = bin.count < hatchBelow;
        addBar(accuracy, bin, 0, bin.accuracy, few, binNote(bin, i));
        Bars& gap = bin.gap() < 0 ? over : under;
        addBar(gap, bin, std::min(bin.accuracy, bin.meanConfidence),
               std::max(bin.accuracy, bin.meanConfidence), few, "");
        const double middle = (bin.low + bin.high) / 2, half = (bin.high - bin.low) * 0.3;
        ticks.x.insert(ticks.x.end(), {middle - half, middle + half, middle + half});
        ticks.y.insert(ticks.y.end(), {bin.meanConfidence, bin.meanConfidence, kNaN});
    }
    panel.bars = {std::move(accuracy), std::move(over), std::move(under)};
    panel.curves.push_back({.name = "perfect calibration",
                            .x = {0, 1},
                            .y = {0, 1},
                            .style = {.role = "diagonal"},
                            .legend = false});
    if (entry.before) {
        panel.scatters.push_back(beforePoints(*entry.before));
    }
    panel.curves.push_back(std::move(ticks));
    return panel;
}

Panel histogram(const ReliabilityEntry& entry, double top, bool labelled) {
    Panel panel;
    panel.x = {.label = "confidence", .ticks = TickStyle::number, .range = Range{0, 1}};
    panel.y = {.label = "share of rows", .ticks = TickStyle::percent, .range = Range{0, top}};
    Bars shares{.name = "share of rows", .style = entry.style};
    const Reliability& current = entry.current;
    for (std::size_t i = 0; i < current.bins.size(); ++i) {
        const ReliabilityBin& bin = current.bins[i];
        addBar(shares, bin, 0, static_cast<double>(bin.count) / static_cast<double>(current.count), false,
               binNote(bin, i));
    }
    panel.bars.push_back(std::move(shares));
    if (labelled) { // above the panel: beside the lines it would lie on the bars
        panel.lines = {"accuracy " + percent(current.accuracy) + " (solid)  mean confidence " +
                       percent(current.meanConfidence) + " (dotted)"};
    }
    panel.references = {
        {.vertical = true, .at = current.accuracy, .label = "", .style = {.role = "accuracy"}},
        {.vertical = true, .at = current.meanConfidence, .label = "", .style = {.role = "mean-confidence"}}};
    return panel;
}

/// The largest share of any histogram, up to the next quarter: steady while a slider moves.
double histogramTop(std::span<const ReliabilityEntry> entries) {
    double largest = 0;
    for (const ReliabilityEntry& entry : entries) {
        for (const ReliabilityBin& bin : entry.current.bins) {
            largest =
                std::max(largest, static_cast<double>(bin.count) / static_cast<double>(entry.current.count));
        }
    }
    return std::clamp(std::ceil(largest * 4) / 4, 0.25, 1.0);
}

std::string describe(const ReliabilityEntry& entry) {
    std::string text = header(entry) + temperatures(entry) + ":";
    for (const std::string& number : reliabilityNumbers(entry)) {
        text += " " + number + ",";
    }
    return text + " accuracy " + changing(entry, &Reliability::accuracy) + ", mean confidence " +
           changing(entry, &Reliability::meanConfidence) + ".";
}

} // namespace

std::vector<std::string> reliabilityNumbers(const ReliabilityEntry& entry) {
    std::string nll = fixed(entry.current.nll, 2);
    if (entry.before) {
        nll = fixed(entry.before->nll, 2) + kArrow + nll;
    }
    return {"ECE " + changing(entry, &Reliability::ece),
            "MCE " + changing(entry, &Reliability::mce) + worstBin(entry.current), "NLL " + nll};
}

int diagramColumns(double widthMm) {
    constexpr double kDiagram = 33.0; // mm: what a diagram with its axis needs
    return std::clamp(static_cast<int>(widthMm / kDiagram), 1, 5);
}

Figure reliabilityFigure(std::span<const ReliabilityEntry> entries, const ReliabilityOptions& options) {
    Figure figure;
    figure.kind = "reliability";
    figure.title = "Reliability";
    figure.sharedColumns = true;
    figure.altText = "Reliability diagrams.";
    if (entries.empty()) {
        figure.panels.resize(1);
        figure.panels.front().emptyText = "No runs with logits chosen.";
        return figure;
    }
    const auto most = static_cast<std::size_t>(std::max(1, options.maxColumns));
    const std::size_t blocks = (entries.size() + most - 1) / most;
    const std::size_t columns = (entries.size() + blocks - 1) / blocks;
    figure.columns = static_cast<int>(columns);
    const double top = options.histogramTop.value_or(histogramTop(entries));
    for (std::size_t block = 0; block < blocks; ++block) {
        figure.rowHeights.insert(figure.rowHeights.end(), {3, 1});
        std::vector<Panel> below;
        for (std::size_t column = 0; column < columns; ++column) {
            const std::size_t index = block * columns + column;
            if (index >= entries.size()) {
                figure.panels.push_back({.blank = true});
                below.push_back({.blank = true});
                continue;
            }
            figure.panels.push_back(diagram(entries[index], columns, options.hatchBelow));
            below.push_back(histogram(entries[index], top, columns == 1));
            if (column > 0) {
                for (Panel* panel : {&figure.panels.back(), &below.back()}) {
                    panel->y.label.clear();
                    panel->y.tickLabels = false;
                }
            }
        }
        std::ranges::move(below, std::back_inserter(figure.panels));
    }
    for (const ReliabilityEntry& entry : entries) {
        figure.altText += " " + describe(entry);
    }
    const std::size_t bins = entries.front().current.bins.size();
    figure.notes = {
        evaluationText(options.split, options.epoch, ", ") + std::to_string(bins) +
            " equal-width bins (low, high] on the confidence of the predicted class.",
        "Shaded: gap between accuracy and mean confidence (the tick); hatched: bins with fewer than " +
            std::to_string(options.hatchBelow) +
            " rows. Lines in the histogram: accuracy and mean confidence."};
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const ReliabilityEntry& entry : entries) {
        cautions.emplace_back(entry.name, entry.caution);
    }
    addCautions(figure, cautions);
    return figure;
}

} // namespace finescope::figure
