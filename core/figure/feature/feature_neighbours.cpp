#include "core/figure/feature/feature_neighbours.h"

#include "core/analysis/run/moved_rows.h"
#include "core/figure/chart/grouped_bars.h"
#include "core/figure/chart/split_features.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/feature/feature_distributions_figure.h"
#include "core/figure/label/method_name.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace finescope::figure {

namespace {

using Number = std::function<std::optional<double>(const NeighbourEntry&)>;

std::optional<double> overlapOf(const NeighbourEntry& entry) {
    return entry.numbers.overlap ? std::optional(entry.numbers.overlap->value) : std::nullopt;
}

/// The values of the members of a group.
std::vector<double> valuesOf(const RunGroup& group, std::span<const NeighbourEntry> entries,
                             const Number& number) {
    std::vector<double> values;
    for (const NeighbourEntry& entry : entries) {
        const auto value = number(entry);
        if (value && std::ranges::find(group.members, entry.run) != group.members.end()) {
            values.push_back(*value);
        }
    }
    return values;
}

/// Bars of each group that has the number, each under its name; before them, if it has a number, the
/// pre-trained features, which are the same in all runs of a task and a model.
std::size_t addBars(Panel& panel, std::span<const RunGroup> groups, std::span<const NeighbourEntry> entries,
                    const Number& pretrained, const Number& final, const GroupedBarOptions& options) {
    std::vector<std::string> categories;
    std::vector<BarSeries> series;
    const auto add = [&](const std::string& name, const Style& style, std::vector<double> values) {
        if (!values.empty()) {
            categories.push_back(name);
            series.push_back({.name = name, .style = style, .values = {}});
            series.back().values.resize(categories.size());
            series.back().values.back() = std::move(values);
        }
    };
    const auto sameData = [](const RunGroup& one, const RunGroup& other) {
        return one.task == other.task && one.model == other.model;
    };
    const bool oneDataset =
        std::ranges::all_of(groups, [&](const RunGroup& group) { return sameData(group, groups.front()); });
    const RunGroup* described = nullptr; // whose data have their bar of pre-trained features
    for (const RunGroup& group : groups) {
        if (pretrained && (described == nullptr || !sameData(*described, group))) {
            if (std::vector<double> values = valuesOf(group, entries, pretrained); !values.empty()) {
                described = &group;
                values = std::vector<double>{values.front()};
                add(methodName("pretrained") + (oneDataset ? "" : ", " + group.task), {.role = "pretrained"},
                    std::move(values));
            }
        }
        add(group.name, group.style, valuesOf(group, entries, final));
    }
    for (BarSeries& one : series) {
        one.values.resize(categories.size());
    }
    if (series.empty()) {
        return 0;
    }
    return addGroupedBars(panel, categories, series, options);
}

/// What the numbers are of.
std::string conventions(std::span<const NeighbourEntry> entries) {
    const auto most = std::ranges::max_element(
        entries, {}, [](const NeighbourEntry& entry) { return entry.numbers.samples; });
    const std::string k = std::to_string(most->numbers.k);
    std::string text = "Split " + most->split + ", n = " + std::to_string(most->numbers.samples) +
                       ". Neighbours kept: of the " + k +
                       " samples nearest to a sample before fine-tuning, the share among its " + k +
                       " nearest after it (Euclidean distance of features, mean over samples)";
    if (most->numbers.rows < most->numbers.samples) {
        text += ", of " + std::to_string(most->numbers.rows) + " samples evenly spaced, among all others";
    }
    return text + ".";
}

Cell cellWith(const std::optional<double>& value, const std::string& text) {
    return value ? Cell{.text = text, .value = value, .count = 1} : blankCell();
}

Cell numberCell(const std::optional<double>& value, int digits) {
    return cellWith(value, value ? significant(*value, digits) : "");
}

} // namespace

NeighbourFigureOptions neighbourFigureOptions(const FigureRequest& request) {
    return {.split = request.firstSplit(), .numbers = {}, .spread = request.spread};
}

std::vector<NeighbourEntry> neighbourEntries(std::span<const record::Run> runs,
                                             const NeighbourFigureOptions& options,
                                             const analysis::WorkHooks& hooks, Problems* problems) {
    const std::string splitName = options.split.empty() ? defaultFeatureSplit(runs) : options.split;
    std::vector<NeighbourEntry> entries;
    forEachSplitFeatures(
        runs, splitName, hooks, "the comparison of neighbours",
        [&](const RunFeatures& of, const analysis::WorkHooks& part) {
            entries.push_back({.run = of.run,
                               .name = of.label.name,
                               .split = splitName,
                               .numbers = analysis::neighbourNumbers(of.pretrained, of.final, of.labels,
                                                                     options.numbers, part),
                               .displacement = analysis::movedRows(runs[of.run]).displacement});
        },
        problems);
    return entries;
}

Figure featureNeighboursFigure(std::span<const record::Run> runs, std::span<const NeighbourEntry> entries,
                               const NeighbourFigureOptions& options) {
    Figure figure;
    figure.kind = "feature-neighbours";
    figure.title = "Neighbourhoods of features and moves of the classifier's rows";
    figure.columns = 2;
    struct Column {
        const char *label, *missing;
        Number pretrained, final;
        Scale scale;
    };
    const Column columns[] = {
        {"neighbours kept", "No run holds features before and after.", {}, overlapOf, Scale::linear},
        {"neighbours of the own class", "No run holds more samples than neighbours.",
         [](const NeighbourEntry& entry) { return entry.numbers.purityBefore; },
         [](const NeighbourEntry& entry) { return entry.numbers.purityAfter; }, Scale::linear},
        {"displacement of rows / norm before",
         "No run holds its classifier.",
         {},
         [](const NeighbourEntry& entry) { return entry.displacement; },
         Scale::logarithmic},
    };
    const std::vector<RunGroup> groups = groupRuns(runs);
    std::size_t largest = 0;
    for (const Column& column : columns) {
        Panel& panel = figure.panels.emplace_back();
        panel.y.label = column.label;
        const std::size_t n =
            addBars(panel, groups, entries, column.pretrained, column.final,
                    {.spread = options.spread, .scale = column.scale, .placement = BarPlacement::alone});
        if (n == 0) {
            panel.emptyText = entries.empty() ? "No run with recorded features chosen." : column.missing;
        } else if (column.scale == Scale::linear) {
            panel.y.ticks = TickStyle::percent;
            if (!column.pretrained) {
                panel.y.range = Range{0, 1.05}; // an interval may end where no share can be
            }
        }
        largest = std::max(largest, n);
    }
    if (!entries.empty()) {
        const double chance = entries.front().numbers.overlapByChance();
        if (entries.front().numbers.overlap) {
            figure.panels.front().references.push_back(
                {.vertical = false, .at = chance, .label = "by chance", .style = {.role = "reference"}});
        }
        figure.notes.push_back(conventions(entries));
        if (std::string note = barsNote(largest, options.spread); !note.empty()) {
            figure.notes.push_back(std::move(note));
        }
    }
    figure.altText = "Share of neighbours kept, share of neighbours of the own class and displacement of the "
                     "classifier's rows per method.";
    return figure;
}

Figure buildFeatureNeighbours(const FigureRequest& request, std::span<const record::Run> runs,
                              const analysis::WorkHooks& hooks, Problems& problems) {
    const NeighbourFigureOptions options = neighbourFigureOptions(request);
    return featureNeighboursFigure(runs, neighbourEntries(runs, options, hooks, &problems), options);
}

Table featureNeighboursTable(std::span<const NeighbourEntry> entries) {
    Table table;
    table.kind = "feature-neighbours";
    table.caption = "Neighbourhoods of features and moves of the classifier's rows";
    table.columns = {"run",
                     "n",
                     "neighbours kept",
                     "by chance",
                     "of own class before",
                     "of own class after",
                     "rows moved / norm before"};
    for (const NeighbourEntry& entry : entries) {
        const analysis::NeighbourNumbers& numbers = entry.numbers;
        const std::optional<double> kept = overlapOf(entry);
        std::string text;
        if (kept) {
            text = significant(*kept, 3);
            if (const auto& interval = numbers.overlap->interval) {
                text += " [" + significant(interval->low, 3) + ", " + significant(interval->high, 3) + "]";
            }
        }
        Cell overlap = cellWith(kept, text);
        if (kept && numbers.overlap->interval) {
            overlap.interval = Range{numbers.overlap->interval->low, numbers.overlap->interval->high};
        }
        table.rows.push_back({textCell(entry.name),
                              {.text = std::to_string(numbers.samples),
                               .value = static_cast<double>(numbers.samples),
                               .count = 1},
                              std::move(overlap),
                              numberCell(kept ? std::optional(numbers.overlapByChance()) : std::nullopt, 2),
                              numberCell(numbers.purityBefore, 3),
                              numberCell(numbers.purityAfter, 3),
                              numberCell(entry.displacement, 3)});
    }
    if (!entries.empty()) {
        table.notes.push_back(conventions(entries) +
                              " In brackets: 95 % interval over samples (weighted bootstrap). Rows moved: "
                              "the Frobenius norm of what was added to the classifier's weights over the "
                              "run, relative to theirs at its start.");
    }
    return table;
}

} // namespace finescope::figure
