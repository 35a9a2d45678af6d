#include "core/figure/accuracy/accuracy_figures.h"

#include "core/figure/chart/grouped_bars.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/dataset.h"
#include "core/figure/label/variant.h"

#include <algorithm>
#include <cctype>

namespace finescope::figure {

namespace {

bool hasLogits(const record::SplitInfo& split) {
    return !split.logitKeys.empty();
}

/// The scores of the seeds of one variant on one split, and whether one of them collapsed there.
struct SeedScores {
    std::vector<double> values;
    bool collapsed = false;
};

/// The entries of a set, by what means are taken over.
class ScoreSet {
public:
    ScoreSet(std::span<const record::Run> runs, std::span<const AccuracyEntry> entries)
        : m_runs(runs), m_entries(entries), m_variantOf(variantOfEach(runs)) {}

    [[nodiscard]] SeedScores of(const Dataset& dataset, const std::string& split,
                                const Variant& variant) const {
        SeedScores scores;
        for (const AccuracyEntry& entry : m_entries) {
            if (entry.split == split && m_variantOf[entry.run] == variant &&
                datasetOf(m_runs[entry.run]) == dataset) {
                scores.values.push_back(entry.value);
                scores.collapsed |= entry.collapsed.has_value();
            }
        }
        return scores;
    }

private:
    std::span<const record::Run> m_runs;
    std::span<const AccuracyEntry> m_entries;
    std::vector<Variant> m_variantOf;
};

/// The name of a split, saying that it is out of distribution unless the name does.
std::string splitTitle(std::span<const record::Run> runs, const Dataset& dataset, const std::string& name) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    const bool out = std::ranges::any_of(runs, [&](const record::Run& run) {
        const record::SplitInfo* split = datasetOf(run) == dataset ? run.split(name) : nullptr;
        return split != nullptr && split->role == "ood";
    });
    return out && lower.find("ood") == std::string::npos ? name + " (OOD)" : name;
}

Panel panelOf(std::span<const record::Run> runs, const ScoreSet& scores, const Dataset& dataset,
              const AccuracyOptions& options, std::size_t& largest) {
    const std::vector<Variant> variants = variantsOf(runs);
    const std::vector<std::string> splits = splitsOf(runs, dataset, options.splits, hasLogits);
    std::vector<std::string> titles;
    std::vector<BarSeries> series;
    for (const std::string& split : splits) {
        titles.push_back(splitTitle(runs, dataset, split));
    }
    double lowest = 0;
    for (const Variant& variant : variants) {
        BarSeries& bars = series.emplace_back();
        bars.name = variantName(variant);
        bars.style = variantStyle(variant, variants);
        for (const std::string& split : splits) {
            bars.values.push_back(scores.of(dataset, split, variant).values);
            for (const double value : bars.values.back()) {
                lowest = std::min(lowest, value);
            }
        }
    }
    Panel panel;
    panel.y = metricOf(runs, dataset) == analysis::TaskMetric::matthews
                  ? Axis{.label = "Matthews correlation"}
                  : Axis{.label = "accuracy", .ticks = TickStyle::percent};
    const std::size_t n = addGroupedBars(panel, titles, series, {.spread = options.spread});
    panel.y.range = Range{.low = lowest, .high = 1};
    if (n == 0) {
        panel.emptyText = "No run holds logits to take the accuracy from.";
    }
    largest = std::max(largest, n);
    return panel;
}

/// Emphasises the best mean of cells first..last if its t interval overlaps none of the others.
void emphasiseBest(std::vector<Cell>& row, const std::vector<std::vector<double>>& samples,
                   std::size_t first) {
    std::vector<analysis::SeedStatistics> all;
    std::size_t best = 0;
    for (const auto& sample : samples) {
        if (sample.size() < 2) {
            return;
        }
        all.push_back(analysis::seedStatistics(sample));
        best = all.back().mean > all[best].mean ? all.size() - 1 : best;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i != best && all[i].high >= all[best].low) {
            return;
        }
    }
    if (all.size() > 1) {
        row[first + best].emphasised = true;
    }
}

} // namespace

AccuracyOptions accuracyOptions(const FigureRequest& request) {
    return {.splits = request.splits, .spread = request.spread};
}

Figure accuracyFigure(std::span<const record::Run> runs, std::span<const AccuracyEntry> entries,
                      const AccuracyOptions& options) {
    Figure figure;
    figure.kind = "accuracy";
    figure.title = "Accuracy per method and split";
    figure.altText = figure.title + ".";
    const std::vector<Dataset> datasets = datasetsOf(runs);
    const ScoreSet scores(runs, entries);
    std::size_t largest = 0;
    for (const Dataset& dataset : datasets) {
        Panel panel = panelOf(runs, scores, dataset, options, largest);
        if (datasets.size() > 1) {
            panel.header = datasetName(dataset, datasets);
        }
        figure.panels.push_back(std::move(panel));
    }
    if (figure.panels.empty()) {
        figure.panels.emplace_back().emptyText = "No runs chosen.";
        return figure;
    }
    layOutSmallMultiples(figure);
    if (std::string note = barsNote(largest, options.spread); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    if (std::string note = collapseNote(runs, collapses(entries)); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    return figure;
}

Figure buildAccuracy(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return accuracyFigure(runs, accuracyEntries(runs, &problems), accuracyOptions(request));
}

Table accuracyTable(std::span<const record::Run> runs, std::span<const AccuracyEntry> entries,
                    const std::vector<std::string>& chosen) {
    Table table{.kind = "accuracy", .caption = "Accuracy in percent.", .columns = {"Data", "Split"}};
    const std::vector<Dataset> datasets = datasetsOf(runs);
    const std::vector<Variant> variants = variantsOf(runs);
    const ScoreSet set(runs, entries);
    for (const Variant& variant : variants) {
        table.columns.push_back(variantName(variant));
    }
    bool matthews = false;
    for (const Dataset& dataset : datasets) {
        const bool ofMatthews = metricOf(runs, dataset) == analysis::TaskMetric::matthews;
        matthews |= ofMatthews;
        const std::string name = datasetName(dataset, datasets) + (ofMatthews ? " (MCC)" : "");
        for (const std::string& split : splitsOf(runs, dataset, chosen, hasLogits)) {
            std::vector<Cell> row{textCell(name), textCell(splitTitle(runs, dataset, split))};
            std::vector<std::vector<double>> samples;
            for (const Variant& variant : variants) {
                SeedScores scores = set.of(dataset, split, variant);
                for (double& value : scores.values) {
                    value *= 100;
                }
                row.push_back(cellOf(scores.values, hundredths(2)));
                row.back().collapsed = scores.collapsed;
                samples.push_back(std::move(scores.values));
            }
            emphasiseBest(row, samples, 2);
            table.rows.push_back(std::move(row));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("Bold: the best of a row, where its 95 % t interval overlaps no other's.");
    if (matthews) {
        table.notes.emplace_back("MCC: Matthews correlation x 100.");
    }
    markCollapses(table, runs, collapses(entries));
    return table;
}

} // namespace finescope::figure
