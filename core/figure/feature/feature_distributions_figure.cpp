#include "core/figure/feature/feature_distributions_figure.h"

#include "core/analysis/feature/similarity_of_samples.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/chart/split_features.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/feature/feature_figures.h"
#include "core/figure/label/method_name.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

namespace finescope::figure {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// One set of features under the name that legends give it.
struct NamedSet {
    std::string name;
    Style style;
    const analysis::FeatureSet* set;
};

/// Those after fine-tuning, behind the pre-trained ones, which are the same in all runs of a task and a
/// model.
std::vector<NamedSet> setsOf(std::span<const FeatureDistributionEntry> entries) {
    std::vector<NamedSet> sets;
    std::vector<const FeatureDistributionEntry*> origins;
    for (const FeatureDistributionEntry& entry : entries) {
        const bool known = std::ranges::any_of(origins, [&](const FeatureDistributionEntry* other) {
            return other->task == entry.task && other->model == entry.model;
        });
        if (!known && entry.details.pretrained.cosine) {
            origins.push_back(&entry);
        }
    }
    for (const FeatureDistributionEntry* origin : origins) {
        const std::string which = origins.size() > 1 ? ", " + origin->task + ", " + origin->model : "";
        sets.push_back({.name = methodName("pretrained") + which,
                        .style = {.role = "pretrained"},
                        .set = &origin->details.pretrained});
    }
    for (const FeatureDistributionEntry& entry : entries) {
        sets.push_back({.name = entry.name, .style = entry.style, .set = &entry.details.final});
    }
    return sets;
}

/// The share of the values at or below each of them, as steps.
Line distribution(const std::string& name, const Style& style, const VectorD& values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    Line line{.name = name, .x = {}, .y = {}, .style = style};
    const auto count = static_cast<double>(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        line.x.insert(line.x.end(), {sorted[i], sorted[i]});
        line.y.insert(line.y.end(), {static_cast<double>(i) / count, static_cast<double>(i + 1) / count});
    }
    return line;
}

std::string withInterval(double value, const std::optional<analysis::Interval>& interval) {
    const std::string text = significant(value, 3);
    return interval
               ? text + " [" + significant(interval->low, 3) + ", " + significant(interval->high, 3) + "]"
               : text;
}

Panel distributionPanel(const char* label) {
    Panel panel;
    panel.x.label = label;
    panel.y.label = "share of samples at or below";
    panel.y.ticks = TickStyle::percent;
    panel.y.range = Range{0, 1};
    return panel;
}

Panel fisherPanel(const std::vector<NamedSet>& sets) {
    Panel panel;
    panel.y.label = "Fisher's discriminant ratio";
    panel.y.scale = Scale::logarithmic;
    panel.x.ticks = TickStyle::category;
    for (const NamedSet& named : sets) {
        const auto& fisher = named.set->fisher;
        if (!fisher || !(fisher->ratio.value > 0)) {
            continue;
        }
        const auto place = static_cast<double>(panel.x.categories.size());
        panel.x.categories.push_back(named.name);
        panel.scatters.push_back({.name = named.name + ": ratio",
                                  .x = {place},
                                  .y = {fisher->ratio.value},
                                  .style = named.style,
                                  .note = {withInterval(fisher->ratio.value, fisher->interval)},
                                  .legend = false});
        if (fisher->interval) {
            panel.curves.push_back({.name = named.name + ": interval",
                                    .x = {place, place},
                                    .y = {fisher->interval->low, fisher->interval->high},
                                    .style = {},
                                    .legend = false});
        }
    }
    panel.x.range = Range{-0.5, static_cast<double>(panel.x.categories.size()) - 0.5};
    if (panel.x.categories.size() >
        kFreeCellNames) { // more names than there is room for: the legend has them
        std::ranges::fill(panel.x.categories, std::string{});
    }
    if (panel.x.categories.empty()) {
        panel.emptyText = "No run holds what Fisher's discriminant ratio needs.";
    }
    return panel;
}

/// Of the first entry with a ratio, to which others compare only under the same conditions.
std::string fisherNote(std::span<const FeatureDistributionEntry> entries) {
    for (const FeatureDistributionEntry& entry : entries) {
        for (const analysis::FeatureSet* set : {&entry.details.final, &entry.details.pretrained}) {
            if (set->fisher) {
                return " Fisher's ratio of " + entry.name + ": " + fisherConditions(set->fisher->ratio) + ".";
            }
        }
    }
    return {};
}

std::vector<std::string> notesOf(std::span<const FeatureDistributionEntry> entries,
                                 const std::vector<NamedSet>& sets, const FeatureSplitOptions& options) {
    std::string cosines, differences;
    const auto add = [](std::string& text, const std::string& name, const analysis::Estimate& estimate) {
        text += (text.empty() ? "" : "; ") + name + " " + withInterval(estimate.value, estimate.interval);
    };
    for (const NamedSet& named : sets) {
        if (named.set->cosine) {
            add(cosines, named.name, *named.set->cosine);
        }
    }
    for (const FeatureDistributionEntry& entry : entries) {
        if (entry.details.difference) {
            add(differences, entry.name, *entry.details.difference);
        }
    }
    std::vector<std::string> notes;
    if (options.numbers.intervals) {
        const auto& bootstrap = options.numbers.bootstrap;
        notes.push_back("Split " + entries.front().split + "; intervals " + percent(bootstrap.level, 0) +
                        ": of means by the weighted bootstrap (" + std::to_string(bootstrap.replicates) +
                        " replicates, seed " + std::to_string(bootstrap.seed) +
                        "), of Fisher's ratio by a jackknife of up to " +
                        std::to_string(options.numbers.jackknifeGroups) + " groups." + fisherNote(entries));
    }
    if (!cosines.empty()) {
        notes.push_back("Mean cosine similarity: " + cosines + ".");
    }
    if (!differences.empty()) {
        notes.push_back("Mean feature difference: " + differences + ".");
    }
    return notes;
}

Cell numberCell(std::optional<double> value, std::int64_t count,
                const std::optional<analysis::Interval>& interval = {}) {
    if (!value || std::isnan(*value)) {
        return blankCell();
    }
    return {.text = withInterval(*value, interval),
            .value = value,
            .count = count,
            .interval = interval ? std::optional(Range{interval->low, interval->high}) : std::nullopt};
}

/// The other reading of the mean over pairs i < j of `count` samples.
std::optional<double> withDiagonal(const std::optional<double>& cosine, std::int64_t count) {
    return cosine ? std::optional(analysis::cosineSimilarityWithDiagonal(*cosine, count)) : std::nullopt;
}

std::optional<double> entryOf(const VectorD& values, std::size_t index) {
    const auto at = static_cast<Eigen::Index>(index);
    return at < values.size() ? std::optional(values(at)) : std::nullopt;
}

} // namespace

FeatureSplitOptions featureSplitOptions(const FigureRequest& request) {
    return {.split = request.firstSplit(), .numbers = {}};
}

std::string featureSplit(const FigureRequest& request, std::span<const record::Run> runs) {
    return request.splits.empty() ? defaultFeatureSplit(runs) : request.splits.front();
}

std::string defaultFeatureSplit(std::span<const record::Run> runs) {
    for (const char* role : {"test", "validation", "ood", "train"}) {
        for (const record::Run& run : runs) {
            for (const record::SplitInfo& split : run.splits) {
                if (split.role == role && split.pretrainedFeatureWidth + split.featureWidth > 0) {
                    return split.name;
                }
            }
        }
    }
    return {};
}

std::vector<std::string> classNamesFor(const record::Run& run, const Labels& labels) {
    std::vector<std::string> names = run.classNames;
    for (const std::int64_t label : labels) {
        while (label >= static_cast<std::int64_t>(names.size())) {
            names.push_back("class " + std::to_string(names.size()));
        }
    }
    return names;
}

std::vector<FeatureDistributionEntry> featureDistributionEntries(std::span<const record::Run> runs,
                                                                 const FeatureSplitOptions& options,
                                                                 const analysis::WorkHooks& hooks,
                                                                 Problems* problems) {
    const std::string splitName = options.split.empty() ? defaultFeatureSplit(runs) : options.split;
    std::vector<FeatureDistributionEntry> entries;
    forEachSplitFeatures(
        runs, splitName, hooks, "the comparison of features",
        [&](const RunFeatures& of, const analysis::WorkHooks& part) {
            const record::Run& run = runs[of.run];
            FeatureDistributionEntry entry{.run = of.run,
                                           .name = of.label.name,
                                           .style = of.label.style,
                                           .task = run.task,
                                           .model = run.model,
                                           .split = splitName};
            entry.classNames = classNamesFor(run, of.labels);
            entry.details = analysis::featureDistributions(of.pretrained, of.final, of.labels,
                                                           static_cast<int>(entry.classNames.size()),
                                                           options.numbers, part);
            entries.push_back(std::move(entry));
        },
        problems);
    return entries;
}

Figure featureDistributionsFigure(std::span<const FeatureDistributionEntry> entries,
                                  const FeatureSplitOptions& options) {
    Figure figure;
    figure.kind = "feature-distributions";
    figure.title = "Features, sample by sample";
    figure.columns = 2;
    const std::vector<NamedSet> sets = setsOf(entries);
    Panel cosines = distributionPanel("cosine similarity with the other samples");
    Panel differences = distributionPanel("feature difference");
    for (const NamedSet& named : sets) {
        if (named.set->cosines.size() > 0) {
            cosines.curves.push_back(distribution(named.name, named.style, named.set->cosines));
        }
    }
    for (const FeatureDistributionEntry& entry : entries) {
        if (entry.details.differences.size() > 0) {
            differences.curves.push_back(distribution(entry.name, entry.style, entry.details.differences));
        }
    }
    const char* const none = "No run with recorded features chosen.";
    cosines.emptyText = cosines.curves.empty() ? none : "";
    differences.emptyText =
        differences.curves.empty() ? entries.empty() ? none : "No run holds features before and after." : "";
    Panel fisher = fisherPanel(sets);
    std::vector<Line> names;
    for (const Line& line : cosines.curves) {
        names.push_back({.name = line.name, .x = {kNaN}, .y = {kNaN}, .style = line.style});
    }
    figure.panels = {std::move(cosines), std::move(differences), std::move(fisher)};
    if (names.size() <= kFreeCellNames) {
        Panel& legend = figure.panels.emplace_back();
        legend.blank = true;
        legend.legend = Legend::inside;
        legend.curves = std::move(names);
    } else {
        std::ranges::move(names, std::back_inserter(figure.panels.back().curves));
        figure.panels.back().legend = Legend::below;
    }
    if (!entries.empty()) {
        figure.notes = notesOf(entries, sets, options);
    }
    figure.altText = "Distributions over samples of cosine similarity and feature difference, and Fisher's "
                     "discriminant ratio with its interval.";
    return figure;
}

Figure buildFeatureDistributions(const FigureRequest& request, std::span<const record::Run> runs,
                                 const analysis::WorkHooks& hooks, Problems& problems) {
    const FeatureSplitOptions options = featureSplitOptions(request);
    return featureDistributionsFigure(featureDistributionEntries(runs, options, hooks, &problems), options);
}

Table featureClassesTable(std::span<const FeatureDistributionEntry> entries) {
    Table table;
    table.kind = "feature-classes";
    table.caption = "Features by class";
    table.columns = {"run",
                     "class",
                     "n",
                     "cosine before",
                     "cosine after",
                     "before, with i = j",
                     "after, with i = j",
                     "difference",
                     "Fisher's before",
                     "Fisher's after"};
    for (const FeatureDistributionEntry& entry : entries) {
        const analysis::FeatureDistributions& details = entry.details;
        std::int64_t all = 0;
        for (const std::int64_t count : details.counts) {
            all += count;
        }
        const auto estimate = [&](const std::optional<analysis::Estimate>& of) {
            return of ? numberCell(of->value, all, of->interval) : numberCell({}, 0);
        };
        const auto ratio = [&](const analysis::FeatureSet& set) {
            return set.fisher ? numberCell(set.fisher->ratio.value, all, set.fisher->interval)
                              : numberCell({}, 0);
        };
        const auto whole = [&](const analysis::FeatureSet& set) {
            return numberCell(set.cosine ? withDiagonal(set.cosine->value, all) : std::nullopt, all);
        };
        table.rows.push_back({{.text = entry.name},
                              {.text = "all"},
                              {.text = std::to_string(all), .value = static_cast<double>(all), .count = 1},
                              estimate(details.pretrained.cosine),
                              estimate(details.final.cosine),
                              whole(details.pretrained),
                              whole(details.final),
                              estimate(details.difference),
                              ratio(details.pretrained),
                              ratio(details.final)});
        for (std::size_t label = 0; label < details.counts.size(); ++label) {
            const std::int64_t count = details.counts[label];
            const auto cell = [&](const VectorD& values) {
                return numberCell(entryOf(values, label), count);
            };
            const auto share = [&](const analysis::FeatureSet& set) {
                return set.fisher ? cell(set.fisher->perClass) : numberCell({}, 0);
            };
            const auto wholeClass = [&](const analysis::FeatureSet& set) {
                return numberCell(withDiagonal(entryOf(set.cosineWithinClass, label), count), count);
            };
            table.rows.push_back(
                {{.text = entry.name},
                 {.text = entry.classNames[label]},
                 {.text = std::to_string(count), .value = static_cast<double>(count), .count = 1},
                 cell(details.pretrained.cosineWithinClass),
                 cell(details.final.cosineWithinClass),
                 wholeClass(details.pretrained),
                 wholeClass(details.final),
                 cell(details.differenceOfClass),
                 share(details.pretrained),
                 share(details.final)});
        }
    }
    table.notes.push_back("Cosine similarity: mean over pairs of different samples, or with each sample's 1 "
                          "with itself (with i = j); of a class: of the pairs within it. Fisher's ratio of a "
                          "class: what it adds to that of all. In brackets: 95 % intervals over samples." +
                          fisherNote(entries));
    return table;
}

} // namespace finescope::figure
