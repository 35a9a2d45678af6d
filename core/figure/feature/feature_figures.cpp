#include "core/figure/feature/feature_figures.h"

#include "core/analysis/run/split_features.h"
#include "core/figure/chart/grouped_bars.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/label/run_style.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>

namespace finescope::figure {

namespace {

/// Splits to show, in order of first appearance unless the caller chose.
template <typename Entries>
std::vector<std::string> splitsOf(const Entries& names, const std::vector<std::string>& chosen) {
    if (!chosen.empty()) {
        return chosen;
    }
    std::vector<std::string> splits;
    for (const std::string& name : names) {
        if (name != "train" && std::ranges::find(splits, name) == splits.end()) {
            splits.push_back(name);
        }
    }
    return splits;
}

/// A variant on a task with a model: the unit of one bar colour.
struct Unit {
    Variant variant;
    std::string task, model;
    bool operator==(const Unit&) const = default;
};

Unit unitOf(const FeatureEntry& entry) {
    return {entry.variant, entry.task, entry.model};
}

std::vector<Unit> unitsOf(std::span<const FeatureEntry> entries) {
    std::vector<Unit> units;
    for (const FeatureEntry& entry : entries) {
        if (std::ranges::find(units, unitOf(entry)) == units.end()) {
            units.push_back(unitOf(entry));
        }
    }
    std::ranges::sort(units, {}, [](const Unit& unit) {
        return std::tuple(unit.task, unit.model, variantOrder(unit.variant));
    });
    return units;
}

std::string unitName(const Unit& unit, std::span<const Unit> units) {
    const auto differs = [&](std::string Unit::*field) {
        return std::ranges::any_of(units, [&](const Unit& other) { return other.*field != unit.*field; });
    };
    std::string name = variantName(unit.variant);
    name += differs(&Unit::task) ? ", " + unit.task : "";
    return name + (differs(&Unit::model) ? ", " + unit.model : "");
}

using Number = std::function<std::optional<double>(const FeatureEntry&)>;

std::vector<BarSeries> seriesOf(std::span<const FeatureEntry> entries, const std::vector<std::string>& splits,
                                const Number& pretrained, const Number& final) {
    std::vector<BarSeries> all;
    const std::vector<Unit> units = unitsOf(entries);
    const auto addPretrained = [&](const Unit& unit) {
        // Pre-trained features do not depend on what was done afterwards: one bar, from any run of the data
        // that holds them.
        const auto sameData = [&](const auto& other) {
            return other.task == unit.task && other.model == unit.model;
        };
        Unit origin = unit;
        origin.variant = {.method = "pretrained"};
        BarSeries series{.name = unitName(origin, units), .style = {.role = "pretrained"}, .values = {}};
        for (const std::string& split : splits) {
            std::vector<double>& sample = series.values.emplace_back();
            for (const FeatureEntry& entry : entries) {
                const auto value = sameData(entry) ? pretrained(entry) : std::nullopt;
                if (entry.split == split && value && sample.empty()) {
                    sample.push_back(*value);
                }
            }
        }
        all.push_back(std::move(series));
    };
    for (std::size_t which = 0; which < units.size(); ++which) {
        const Unit& unit = units[which];
        const bool newData =
            which == 0 || units[which - 1].task != unit.task || units[which - 1].model != unit.model;
        if (pretrained && newData) {
            addPretrained(unit);
        }
        const auto sameMethod = [&](const Unit& other) {
            return other.variant.method == unit.variant.method;
        };
        const auto before = std::span(units).first(which);
        BarSeries series{.name = unitName(unit, units),
                         .style = {.role = unit.variant.method,
                                   .shade = static_cast<int>(std::ranges::count_if(before, sameMethod)),
                                   .shades = static_cast<int>(std::ranges::count_if(units, sameMethod))},
                         .values = {}};
        for (const std::string& split : splits) {
            std::vector<double>& sample = series.values.emplace_back();
            for (const FeatureEntry& entry : entries) {
                if (const auto value = final(entry); entry.split == split && unitOf(entry) == unit && value) {
                    sample.push_back(*value);
                }
            }
        }
        if (unit.variant.method != "pretrained" || !pretrained) {
            all.push_back(std::move(series));
        }
    }
    return all;
}

std::string fisherNote(std::span<const FeatureEntry> entries, const std::vector<std::string>& splits) {
    const std::vector<Unit> units = unitsOf(entries);
    const bool oneTask =
        std::ranges::all_of(units, [&](const Unit& unit) { return unit.task == units.front().task; });
    std::vector<std::string> told;
    for (const std::string& split : splits) {
        for (const FeatureEntry& entry : entries) {
            if (entry.split == split && entry.numbers.fisherFinal) {
                std::string one = (oneTask ? "" : entry.task + ", ") + split + " " +
                                  fisherConditions(*entry.numbers.fisherFinal);
                // Of runs of one task, the first speaks for all with as many samples.
                const auto sameStart = [&](const std::string& other) {
                    return other.substr(0, other.find(", rank")) == one.substr(0, one.find(", rank"));
                };
                if (std::ranges::none_of(told, sameStart)) {
                    told.push_back(std::move(one));
                }
            }
        }
    }
    std::string text;
    for (const std::string& one : told) {
        text += (text.empty() ? "Fisher's discriminant ratio: " : "; ") + one;
    }
    return text.empty() ? text : text + ".";
}

/// A cell with the legend of `panel` and nothing else: bars leave no room inside a panel.
Panel legendPanel(const Panel& panel) {
    Panel legend;
    legend.blank = true;
    legend.legend = Legend::inside;
    for (const Bars& bars : panel.bars) {
        Bars& entry = legend.bars.emplace_back();
        entry.name = bars.name;
        entry.style = bars.style;
        entry.legend = true;
    }
    return legend;
}

} // namespace

std::string fisherConditions(const analysis::FisherRatio& ratio) {
    return "n = " + std::to_string(ratio.samples) + ", h = " + std::to_string(ratio.width) +
           ", rank within classes " + std::to_string(ratio.rankWithin) + ", ridge " +
           significant(ratio.ridge, 2);
}

std::vector<FeatureEntry> featureEntries(std::span<const record::Run> runs, const analysis::WorkHooks& hooks,
                                         Problems* problems) {
    const std::vector<Variant> variants = variantOfEach(runs);
    double allRows = 0, done = 0; // of splits with features
    for (const record::Run& run : runs) {
        for (const record::SplitInfo& split : run.splits) {
            const bool any = split.pretrainedFeatureWidth > 0 || split.featureWidth > 0;
            allRows += any ? static_cast<double>(split.rows) : 0;
        }
    }
    std::vector<FeatureEntry> entries;
    for (const std::size_t index : legendOrder(runs)) {
        const record::Run& run = runs[index];
        for (const record::SplitInfo& split : run.splits) {
            if (split.pretrainedFeatureWidth + split.featureWidth == 0) {
                continue;
            }
            FeatureEntry entry{.run = index,
                               .variant = variants[index],
                               .task = run.task,
                               .model = run.model,
                               .split = split.name};
            const double upTo = done + static_cast<double>(split.rows);
            attempt(run, problems, [&] {
                const analysis::SplitFeatures features = analysis::readFeatures(run, split);
                entry.numbers =
                    analysis::featureChange(features.pretrained, features.final, features.labels,
                                            analysis::part(hooks, done / allRows, upTo / allRows));
                entries.push_back(std::move(entry));
            });
            done = upTo;
        }
    }
    return entries;
}

std::string withoutFeaturesNote(std::span<const FeatureEntry> entries, std::size_t runs) {
    std::set<std::size_t> with;
    for (const FeatureEntry& entry : entries) {
        with.insert(entry.run);
    }
    return with.empty() || with.size() >= runs ? std::string()
                                               : std::to_string(with.size()) + " of " + std::to_string(runs) +
                                                     " runs recorded features: the others do not count here.";
}

FeaturesOptions featuresOptions(const FigureRequest& request, std::size_t runs) {
    return {.splits = request.splits, .spread = request.spread, .runs = runs};
}

Figure featuresFigure(std::span<const FeatureEntry> entries, const FeaturesOptions& options) {
    Figure figure;
    figure.kind = "features";
    figure.title = "Features before and after fine-tuning";
    figure.columns = 2;
    std::vector<std::string> names;
    std::ranges::transform(entries, std::back_inserter(names), &FeatureEntry::split);
    const std::vector<std::string> splits = splitsOf(names, options.splits);
    const auto fisherValue = [](const std::optional<analysis::FisherRatio>& ratio) {
        return ratio ? std::optional(ratio->value) : std::nullopt;
    };
    struct Column {
        const char* label;
        Number pretrained, final;
        Scale scale;
    };
    const Column columns[] = {
        {"cosine similarity", [](const FeatureEntry& entry) { return entry.numbers.cosinePretrained; },
         [](const FeatureEntry& entry) { return entry.numbers.cosineFinal; }, Scale::linear},
        {"feature difference",
         {},
         [](const FeatureEntry& entry) { return entry.numbers.difference; },
         Scale::linear},
        {"Fisher's discriminant ratio",
         [&](const FeatureEntry& entry) { return fisherValue(entry.numbers.fisherPretrained); },
         [&](const FeatureEntry& entry) { return fisherValue(entry.numbers.fisherFinal); },
         Scale::logarithmic},
    };
    std::size_t largest = 0;
    for (const Column& column : columns) {
        Panel panel;
        panel.y.label = column.label;
        const std::size_t n =
            addGroupedBars(panel, splits, seriesOf(entries, splits, column.pretrained, column.final),
                           {.spread = options.spread, .scale = column.scale});
        if (n == 0) {
            panel.emptyText = entries.empty()
                                  ? "No run with recorded features chosen."
                                  : std::string("No run holds what the ") + column.label + " needs.";
        }
        largest = std::max(largest, n);
        figure.panels.push_back(std::move(panel));
    }
    if (figure.panels.front().bars.size() <= kFreeCellNames) {
        figure.panels.push_back(legendPanel(figure.panels.front()));
    } else {
        figure.panels.back().legend = Legend::below;
    }
    if (std::string note = barsNote(largest, options.spread); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    if (std::string note = withoutFeaturesNote(entries, options.runs); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    if (std::string note = fisherNote(entries, splits); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    figure.altText =
        "Cosine similarity, feature difference and Fisher's discriminant ratio per method and split.";
    return figure;
}

Figure buildFeatures(const FigureRequest& request, std::span<const record::Run> runs,
                     const analysis::WorkHooks& hooks, Problems& problems) {
    return featuresFigure(featureEntries(runs, hooks, &problems), featuresOptions(request, runs.size()));
}

} // namespace finescope::figure
