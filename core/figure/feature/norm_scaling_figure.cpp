#include "core/figure/feature/norm_scaling_figure.h"

#include "core/analysis/feature/similarity_and_difference.h"
#include "core/analysis/run/classifier_norms.h"
#include "core/analysis/run/run_traits.h"
#include "core/error.h"
#include "core/figure/chart/collapse.h"
#include "core/figure/chart/small_multiples.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/label/dataset.h"
#include "core/figure/label/method_name.h"
#include "core/figure/label/run_style.h"
#include "core/figure/label/variant.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace finescope::figure {

namespace {

/// The recorded feature difference of the test split at the reported model.
std::optional<double> recordedDifference(const record::Run& run) {
    const record::Series* series = run.epochs.find("feature_difference");
    const auto key = run.reportedKey();
    if (series == nullptr || !key || run.progress.status == record::Status::running) {
        return std::nullopt;
    }
    const auto row = std::ranges::find(run.epochs.keys, *key) - run.epochs.keys.begin();
    const double value = series->values[static_cast<std::size_t>(row)];
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> differenceOf(const record::Run& run, const record::SplitInfo& split) {
    if (split.rows > 0 && split.featureWidth > 0 && split.featureWidth == split.pretrainedFeatureWidth) {
        return analysis::featureDifference(run.parts->pretrainedFeatures(split), run.parts->features(split));
    }
    return &split == run.splitWithRole("test") ? recordedDifference(run) : std::nullopt;
}

/// The seeds of one method at one scale.
struct Sample {
    std::vector<double> norms, differences;
    std::vector<std::int64_t> seeds;
    bool collapsed = false; ///< one of them
};

/// One method on one split.
using Curve = std::map<double, Sample>; // by scale

/// A set with its entries, by what lines and panels are made of.
class ScalingSet {
public:
    ScalingSet(std::span<const record::Run> runs, std::span<const NormScalingEntry> entries)
        : m_runs(runs), m_entries(entries), m_variantOf(variantOfEach(runs)) {
        std::set<std::tuple<int, std::string>> ordered;
        for (const NormScalingEntry& entry : entries) {
            const std::string& method = runs[entry.run].method;
            ordered.emplace(methodOrder(method), method);
        }
        for (const auto& [order, method] : ordered) {
            methods.push_back(method);
        }
    }

    [[nodiscard]] bool isScaled() const {
        return std::ranges::any_of(
            m_entries, [&](const NormScalingEntry& entry) { return m_variantOf[entry.run].scale != 1; });
    }

    [[nodiscard]] std::vector<std::string> splits(const Dataset& dataset,
                                                  const std::vector<std::string>& chosen) const {
        return splitsOf(m_runs, dataset, chosen, [&](const record::SplitInfo& split) {
            return (!chosen.empty() || split.role == "test" || split.role == "ood") &&
                   std::ranges::find(m_entries, split.name, &NormScalingEntry::split) != m_entries.end();
        });
    }

    [[nodiscard]] Curve curve(const Dataset& dataset, const std::string& split,
                              const std::string& method) const {
        Curve curve;
        for (const NormScalingEntry& entry : m_entries) {
            const record::Run& run = m_runs[entry.run];
            if (entry.split == split && run.method == method && datasetOf(run) == dataset) {
                Sample& sample = curve[m_variantOf[entry.run].scale];
                sample.norms.push_back(entry.startNorm);
                sample.differences.push_back(entry.difference);
                sample.seeds.push_back(run.seed);
                sample.collapsed |= entry.collapsed.has_value();
            }
        }
        return curve;
    }

    std::vector<std::string> methods;

private:
    std::span<const record::Run> m_runs;
    std::span<const NormScalingEntry> m_entries;
    std::vector<Variant> m_variantOf;
};

double meanOf(const std::vector<double>& values) {
    return analysis::seedStatistics(values).mean;
}

/// Before any scaling: the mean over seeds of each one's norm divided by its scale.
double unscaledNorm(const Curve& curve) {
    std::map<std::int64_t, double> bySeed;
    for (const auto& [scale, sample] : curve) {
        for (std::size_t i = 0; i < sample.seeds.size(); ++i) {
            bySeed.emplace(sample.seeds[i], sample.norms[i] / scale);
        }
    }
    std::vector<double> norms;
    for (const auto& [seed, norm] : bySeed) {
        norms.push_back(norm);
    }
    return meanOf(norms);
}

/// "n = 3", or "n = 2 to 3" where the scales have different numbers of seeds.
std::string countText(const Curve& curve) {
    std::size_t fewest = curve.begin()->second.seeds.size(), most = fewest;
    for (const auto& [scale, sample] : curve) {
        fewest = std::min(fewest, sample.seeds.size());
        most = std::max(most, sample.seeds.size());
    }
    return "n = " + (fewest == most ? "" : std::to_string(fewest) + " to ") + std::to_string(most);
}

/// Bands of the points with several seeds: one seed has no spread, and none is made up between its
/// neighbours.
void addBands(Panel& panel, const std::string& name, const Style& style, const Curve& curve,
              const NormScalingOptions& options) {
    Band band{.name = name, .x = {}, .low = {}, .high = {}, .style = style};
    const auto flush = [&] {
        if (band.x.size() > 1) {
            panel.bands.push_back(band);
        }
        band.x.clear();
        band.low.clear();
        band.high.clear();
    };
    for (const auto& [scale, sample] : curve) {
        const auto statistics = analysis::seedStatistics(sample.differences, options.spread);
        if (statistics.n < 2 || (options.yScale == Scale::logarithmic && statistics.mean <= 0)) {
            flush();
            continue;
        }
        band.x.push_back(meanOf(sample.norms));
        // On a logarithmic axis an interval that reaches 0 ends a decade below its mean.
        band.low.push_back(options.yScale == Scale::logarithmic
                               ? std::max(statistics.low, statistics.mean / 10)
                               : statistics.low);
        band.high.push_back(statistics.high);
    }
    flush();
}

void addMethod(Panel& panel, const std::string& method, const Curve& curve,
               const NormScalingOptions& options) {
    const Style style{.role = method};
    const bool severalSeeds =
        std::ranges::any_of(curve, [](const auto& entry) { return entry.second.seeds.size() > 1; });
    // One name for line and band: the legend shows them as one entry.
    const std::string name = methodName(method) +
                             (severalSeeds ? ": mean, " + spreadName(options.spread) : std::string{}) + ", " +
                             countText(curve);
    addBands(panel, name, style, curve, options);
    Line mean{.name = name, .x = {}, .y = {}, .style = style};
    Scatter points{.name = methodName(method) + ": each seed", .style = style, .legend = false};
    for (const auto& [scale, sample] : curve) {
        mean.x.push_back(meanOf(sample.norms));
        mean.y.push_back(meanOf(sample.differences));
        for (std::size_t i = 0; i < sample.seeds.size(); ++i) {
            points.x.push_back(sample.norms[i]);
            points.y.push_back(sample.differences[i]);
            points.note.push_back(methodName(method) + ", scale " + exact(scale) + ", seed " +
                                  std::to_string(sample.seeds[i]) + ": norm " +
                                  significant(sample.norms[i], 4) + ", difference " +
                                  significant(sample.differences[i], 4));
        }
    }
    panel.curves.push_back(std::move(mean));
    panel.scatters.push_back(std::move(points));
    panel.references.push_back({.vertical = true,
                                .at = unscaledNorm(curve),
                                .label = methodName(method),
                                .style = style,
                                .dashed = true});
}

/// Which runs of the set are not shown and why, in sentences.
std::vector<std::string> leftOut(std::span<const record::Run> runs,
                                 std::span<const NormScalingEntry> entries) {
    std::string tuned, featureless;
    const std::vector<RunLabel> labels = labelRuns(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (std::ranges::find(entries, i, &NormScalingEntry::run) == entries.end()) {
            std::string& names = analysis::startNorm(runs[i]) ? featureless : tuned;
            names += (names.empty() ? "" : "; ") + labels[i].name;
        }
    }
    std::vector<std::string> notes;
    if (!tuned.empty()) {
        notes.push_back("Left out, without fine-tuning: " + tuned + ".");
    }
    if (!featureless.empty()) {
        notes.push_back("Left out, without recorded features: " + featureless + ".");
    }
    return notes;
}

std::vector<Collapse> collapsesOf(std::span<const NormScalingEntry> entries) {
    std::vector<Collapse> all;
    for (const NormScalingEntry& entry : entries) {
        if (entry.collapsed) {
            all.push_back({entry.run, entry.split, *entry.collapsed});
        }
    }
    return all;
}

std::string emptyText(std::span<const record::Run> runs, std::span<const NormScalingEntry> entries,
                      bool scaled) {
    if (runs.empty()) {
        return "No runs chosen.";
    }
    if (std::ranges::all_of(runs,
                            [](const record::Run& run) { return analysis::importedFrom(run).has_value(); })) {
        return "Imported runs hold predictions only. This is about runs that were fine-tuned with their\n"
               "features recorded.";
    }
    if (entries.empty()) {
        return "No run has been fine-tuned with its features recorded.";
    }
    if (scaled) {
        return "No run holds features of the split that is asked for.";
    }
    return "All runs have classifier scale 1. Train others with\n"
           "finescope-engine train ... --classifier-scale 10\n"
           "(and 0.1, 0.5, 2, 5, 50), or run the study norm-scaling.";
}

} // namespace

std::vector<NormScalingEntry> normScalingEntries(std::span<const record::Run> runs, Problems* problems) {
    std::vector<NormScalingEntry> entries;
    for (std::size_t index = 0; index < runs.size(); ++index) {
        const record::Run& run = runs[index];
        double norm = 0;
        attempt(run, problems, [&] {
            norm = analysis::startNorm(run).value_or(0);
            if (!std::isfinite(norm)) {
                throw Error(ErrorKind::numeric,
                            "the classifier weight norm where fine-tuning starts is not finite");
            }
        });
        if (!(norm > 0) || !std::isfinite(norm)) {
            continue;
        }
        for (const record::SplitInfo& split : run.splits) {
            attempt(run, problems, [&] {
                if (const auto difference = differenceOf(run, split)) {
                    std::optional<std::string> collapsed;
                    attempt(run, problems, [&] { collapsed = collapsedClassName(run, split); });
                    entries.push_back({index, split.name, norm, *difference, std::move(collapsed)});
                }
            });
        }
    }
    return entries;
}

NormScalingOptions normScalingOptions(const FigureRequest& request) {
    return {.splits = request.splits,
            .spread = request.spread,
            .xScale = request.valueScale(),
            .yScale = scaleOf(request.logY)};
}

Figure normScalingFigure(std::span<const record::Run> runs, std::span<const NormScalingEntry> entries,
                         const NormScalingOptions& options) {
    Figure figure;
    figure.kind = "norm-scaling";
    figure.title = "Feature difference against the classifier norm at the start of fine-tuning";
    figure.altText = figure.title + ", a line per method.";
    const ScalingSet set(runs, entries);
    const std::vector<Dataset> datasets = datasetsOf(runs);
    for (const Dataset& dataset : datasets) {
        const std::vector<std::string> splits = set.splits(dataset, options.splits);
        for (const std::string& split : splits) {
            Panel panel;
            panel.header = (datasets.size() > 1 ? datasetName(dataset, datasets) + ", " : "") + split;
            panel.x = {.label = "classifier weight norm at the start", .scale = options.xScale};
            panel.y = {.label = "feature difference", .scale = options.yScale};
            for (const std::string& method : set.methods) {
                if (const Curve curve = set.curve(dataset, split, method); !curve.empty()) {
                    addMethod(panel, method, curve, options);
                }
            }
            figure.panels.push_back(std::move(panel));
        }
    }
    if (figure.panels.empty() || !set.isScaled()) {
        figure.panels.resize(1);
        figure.panels.front() = {.emptyText = emptyText(runs, entries, set.isScaled())};
        return figure;
    }
    layOutSmallMultiples(figure);
    figure.notes.push_back("Lines: mean over seeds at each scale of the classifier's weights; bands: " +
                           spreadName(options.spread) +
                           "; points: single seeds; dashed vertical lines: the norm before scaling.");
    std::ranges::move(leftOut(runs, entries), std::back_inserter(figure.notes));
    if (std::string note = collapseNote(runs, collapsesOf(entries)); !note.empty()) {
        figure.notes.push_back(std::move(note));
    }
    return figure;
}

Figure buildNormScaling(const FigureRequest& request, std::span<const record::Run> runs, Problems& problems) {
    return normScalingFigure(runs, normScalingEntries(runs, &problems), normScalingOptions(request));
}

Table normScalingTable(std::span<const record::Run> runs, std::span<const NormScalingEntry> entries,
                       const std::vector<std::string>& chosen) {
    Table table{.kind = "norm-scaling",
                .caption = "Classifier weight norm at the start of fine-tuning, by the scale of the "
                           "classifier, and the feature difference (Diff) of each split.",
                .columns = {"Data", "Method", "Scale", "Norm(C)"}};
    const ScalingSet set(runs, entries);
    const std::vector<Dataset> datasets = datasetsOf(runs);
    std::vector<std::string> splits;
    for (const Dataset& dataset : datasets) {
        for (std::string& split : set.splits(dataset, chosen)) {
            if (std::ranges::find(splits, split) == splits.end()) {
                table.columns.push_back(split + " Diff");
                splits.push_back(std::move(split));
            }
        }
    }
    for (const Dataset& dataset : datasets) {
        for (const std::string& method : set.methods) {
            std::map<double, std::vector<Cell>> rows; // by scale
            for (std::size_t i = 0; i < splits.size(); ++i) {
                for (const auto& [scale, sample] : set.curve(dataset, splits[i], method)) {
                    std::vector<Cell>& row = rows[scale];
                    if (row.empty()) {
                        row = {textCell(datasetName(dataset, datasets)), textCell(methodName(method)),
                               textCell(exact(scale)), cellOf(sample.norms, significantDigits(3))};
                    }
                    row.resize(4 + i, textCell("\u2013"));
                    row.push_back(cellOf(sample.differences, significantDigits(3)));
                    row.back().collapsed = sample.collapsed;
                }
            }
            for (auto& [scale, row] : rows) {
                row.resize(table.columns.size(), textCell("\u2013"));
                table.rows.push_back(std::move(row));
            }
        }
    }
    sayCounts(table);
    markCollapses(table, runs, collapsesOf(entries));
    return table;
}

} // namespace finescope::figure
