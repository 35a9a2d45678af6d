#include "core/figure/calibration/calibration_figures.h"

#include "core/figure/calibration/calibration_notes.h"
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

/// What a diagram is about: the predicted class, or one class against the others.
struct Words {
    const char* observed;
    const char* claimed;
};

Words wordsFor(const DiagramChoice& choice) {
    return choice.ofClass.empty() ? Words{"accuracy", "confidence"}
                                  : Words{"share of the class", "probability of the class"};
}

/// "21.2 %" or "21.2 → 5.1 %".
std::string changing(const ReliabilityEntry& entry, double Reliability::*number) {
    if (!entry.before) {
        return percent(entry.current.*number);
    }
    return fixed(100 * (*entry.before).*number, 1) + kArrow + percent(entry.current.*number);
}

/// Logits of 1e30 make an NLL of thirty digits.
std::string nats(double nll) {
    constexpr double kLong = 1e5;
    return nll < kLong ? fixed(nll, 2) : significant(nll, 3);
}

std::string worstBin(const Reliability& reliability, MceBin told) {
    if (!reliability.mceBin || told == MceBin::nothing) {
        return {};
    }
    const auto count = reliability.bins[*reliability.mceBin].count;
    const std::string bin =
        told == MceBin::full ? "bin " + std::to_string(*reliability.mceBin + 1) + ", " : std::string{};
    return " (" + bin + "n = " + std::to_string(count) + ")";
}

std::string binNote(const ReliabilityBin& bin, std::size_t index, const Words& words) {
    const std::string place =
        "bin " + std::to_string(index + 1) + " (" + fixed(bin.low, 3) + ", " + fixed(bin.high, 3) + "]: ";
    if (bin.count == 0) {
        return place + "no rows";
    }
    return place + "n = " + std::to_string(bin.count) + ", " + words.observed + " " + percent(bin.accuracy) +
           ", " + words.claimed + " " + percent(bin.meanConfidence);
}

std::string intervalNote(const ReliabilityEntry& entry, std::size_t index) {
    const auto interval = index < entry.intervals.size() ? entry.intervals[index] : std::nullopt;
    return interval ? ", 95 % " + fixed(100 * interval->low, 1) + " to " + percent(interval->high) : "";
}

Line whiskers(const ReliabilityEntry& entry) {
    Line line{.name = "95 % interval", .x = {}, .y = {}, .style = {}, .legend = false, .whiskers = true};
    line.style.role = "accuracy";
    for (std::size_t i = 0; i < entry.intervals.size(); ++i) {
        if (const auto& interval = entry.intervals[i]) {
            const double middle = (entry.current.bins[i].low + entry.current.bins[i].high) / 2;
            line.x.insert(line.x.end(), {middle, middle, middle});
            line.y.insert(line.y.end(), {interval->low, interval->high, kNaN});
        }
    }
    return line;
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

Panel diagram(const ReliabilityEntry& entry, std::size_t columns, const ReliabilityOptions& options) {
    const Words words = wordsFor(options.choice);
    Panel panel;
    panel.header = header(entry);
    const bool oneOnly = columns <= kColumnsWithOneLine;
    std::vector<std::string> numbers =
        reliabilityNumbers(entry, oneOnly                             ? MceBin::full
                                  : options.mceCount && !entry.before ? MceBin::count
                                                                      : MceBin::nothing);
    if (oneOnly) {
        numbers.back() += temperatures(entry);
    } else {
        // Where there is room: a line that broke in two as soon as T is not 1 would make the diagrams jump.
        panel.header = entry.name;
        const std::string count = "  n = " + std::to_string(entry.current.count);
        if (entry.before) {
            numbers.push_back(temperatures(entry).substr(2) + count);
        } else {
            numbers.front() += count;
            numbers.back() += temperatures(entry);
        }
    }
    if (oneOnly && !entry.before) {
        for (std::size_t i = 1; i < numbers.size(); ++i) {
            numbers.front() += "  " + numbers[i];
        }
        numbers.resize(1);
    }
    panel.lines = std::move(numbers);
    if (std::string choice = choiceText(options.choice); !choice.empty()) {
        panel.lines.push_back(std::move(choice));
    }
    panel.square = true;
    panel.x = {.label = "", .ticks = TickStyle::number, .range = Range{0, 1}, .tickLabels = false};
    panel.y = {.label = words.observed, .ticks = TickStyle::number, .range = Range{0, 1}};
    Bars accuracy{.name = words.observed, .style = entry.style};
    Bars over{
        .name = "over-confidence", .style = {.role = "over-confidence"}, .outlined = false, .readOut = false};
    Bars under{.name = "under-confidence",
               .style = {.role = "under-confidence"},
               .outlined = false,
               .readOut = false};
    Line ticks{.name = "mean confidence",
               .x = {},
               .y = {},
               .style = {.role = "mean-confidence"},
               .legend = false,
               .readOut = false};
    for (std::size_t i = 0; i < entry.current.bins.size(); ++i) {
        const ReliabilityBin& bin = entry.current.bins[i];
        if (bin.count == 0) {
            continue;
        }
        const bool few = bin.count < options.hatchBelow;
        addBar(accuracy, bin, 0, bin.accuracy, few, binNote(bin, i, words) + intervalNote(entry, i));
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
                            .legend = false,
                            .readOut = false});
    if (entry.before) {
        panel.scatters.push_back(beforePoints(*entry.before));
    }
    panel.curves.push_back(std::move(ticks));
    if (!entry.intervals.empty()) {
        panel.curves.push_back(whiskers(entry));
    }
    return panel;
}

Panel histogram(const ReliabilityEntry& entry, double top, bool labelled, const Words& words) {
    Panel panel;
    panel.x = {.label = words.claimed, .ticks = TickStyle::number, .range = Range{0, 1}};
    panel.y = {.label = "share of rows", .ticks = TickStyle::percent, .range = Range{0, top}};
    Bars shares{.name = "share of rows", .style = entry.style};
    const Reliability& current = entry.current;
    for (std::size_t i = 0; i < current.bins.size(); ++i) {
        const ReliabilityBin& bin = current.bins[i];
        addBar(shares, bin, 0, static_cast<double>(bin.count) / static_cast<double>(current.count), false,
               binNote(bin, i, words));
    }
    panel.bars.push_back(std::move(shares));
    if (labelled) { // above the panel: beside the lines it would lie on the bars
        panel.lines = {words.observed + (" " + percent(current.accuracy)) + " (solid)  mean " +
                       words.claimed + " " + percent(current.meanConfidence) + " (dotted)"};
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

std::string describe(const ReliabilityEntry& entry, const Words& words) {
    std::string text = header(entry) + temperatures(entry) + ":";
    for (const std::string& number : reliabilityNumbers(entry)) {
        text += " " + number + ",";
    }
    return text + " " + words.observed + " " + changing(entry, &Reliability::accuracy) + ", mean " +
           words.claimed + " " + changing(entry, &Reliability::meanConfidence) + ".";
}

} // namespace

std::vector<std::string> reliabilityNumbers(const ReliabilityEntry& entry, MceBin bin) {
    std::vector<std::string> numbers{"ECE " + changing(entry, &Reliability::ece)};
    if (!std::isnan(entry.current.mce)) {
        numbers.push_back("MCE " + changing(entry, &Reliability::mce) + worstBin(entry.current, bin));
    }
    if (!std::isnan(entry.current.nll)) {
        const std::string before = entry.before ? nats(entry.before->nll) + kArrow : std::string{};
        numbers.push_back("NLL " + before + nats(entry.current.nll));
    }
    return numbers;
}

ReliabilityOptions reliabilityOptions(const FigureRequest& request, const std::string& split) {
    return {.split = split, .epoch = request.epoch, .choice = diagramChoice(request)};
}

ReliabilityOptions laidOutFor(ReliabilityOptions options, double widthMm, bool beforeAfter) {
    // mm: what a diagram with its axis and its numbers needs.
    const double needed = beforeAfter ? 40.0 : 33.0, neededWithCount = 42.0;
    options.maxColumns = std::clamp(static_cast<int>(widthMm / needed), 1, 5);
    options.mceCount = widthMm / options.maxColumns >= neededWithCount;
    return options;
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
    const Words words = wordsFor(options.choice);
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
            figure.panels.push_back(diagram(entries[index], columns, options));
            below.push_back(histogram(entries[index], top, columns == 1, words));
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
        figure.altText += " " + describe(entry, words);
    }
    figure.notes = {evaluationText(options.split, options.epoch, ", ") + binsNote(options.choice),
                    "Shaded: gap between " + std::string(words.observed) + " and mean " + words.claimed +
                        " (the tick); hatched: bins with fewer than " + std::to_string(options.hatchBelow) +
                        " rows. Lines in the histogram: " + words.observed + " and mean " + words.claimed +
                        "."};
    if (std::string intervals = intervalsNote(options.choice); !intervals.empty()) {
        figure.notes.push_back(std::move(intervals));
    }
    std::vector<std::pair<std::string, std::string>> cautions;
    for (const ReliabilityEntry& entry : entries) {
        cautions.emplace_back(entry.name, entry.caution);
    }
    addCautions(figure, cautions);
    return figure;
}

} // namespace finescope::figure
