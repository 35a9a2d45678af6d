#include "core/figure/feature/features_table.h"

#include "core/figure/chart/collapse.h"
#include "core/figure/chart/grouped_runs.h"
#include "core/figure/chart/table_cells.h"
#include "core/figure/classifier/norms_table.h"
#include "core/figure/label/dataset.h"
#include "core/figure/number_text.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace finescope::figure {

namespace {

struct FeatureNumber {
    const char* column;
    std::function<std::optional<double>(const FeatureEntry&)> pretrained, final;
    Format format;
};

std::vector<FeatureNumber> featureNumbers() {
    const auto ratio = [](const std::optional<analysis::FisherRatio>& fisher) {
        return fisher ? std::optional(fisher->value) : std::nullopt;
    };
    return {
        {"CS", [](const FeatureEntry& entry) { return entry.numbers.cosinePretrained; },
         [](const FeatureEntry& entry) { return entry.numbers.cosineFinal; }, hundredths(3)},
        {"Diff", [](const FeatureEntry&) { return std::optional<double>{}; },
         // Probing leaves the features alone: the paper's dash rather than a zero.
         [](const FeatureEntry& entry) {
             return entry.numbers.difference && *entry.numbers.difference > 0 ? entry.numbers.difference
                                                                              : std::nullopt;
         },
         significantDigits(3)},
        {"FDR", [ratio](const FeatureEntry& entry) { return ratio(entry.numbers.fisherPretrained); },
         [ratio](const FeatureEntry& entry) { return ratio(entry.numbers.fisherFinal); },
         significantDigits(3)},
    };
}

CellSample sampleOf(std::span<const FeatureEntry> entries, const Dataset& dataset, const std::string& split,
                    const Variant& variant, const FeatureNumber& number,
                    std::span<const Collapse> collapsedRuns) {
    CellSample sample;
    for (const FeatureEntry& entry : entries) {
        if (entry.split != split || Dataset{entry.task, entry.model} != dataset) {
            continue;
        }
        if (variant.method == "pretrained") {
            // The same features whatever was done with them: one value, not one per run.
            if (const auto value = number.pretrained(entry); value && sample.values.empty()) {
                sample.values.push_back(*value);
            }
        } else if (const auto value = number.final(entry); value && entry.variant == variant) {
            sample.values.push_back(*value);
            sample.collapsed |= collapsed(collapsedRuns, entry.run, split);
        }
    }
    return sample;
}

} // namespace

Table featuresTable(std::span<const record::Run> runs, std::span<const FeatureEntry> entries,
                    const TableOptions& options) {
    Table table{
        .kind = "features",
        .caption = "Features: cosine similarity (CS), difference from the pre-trained model (Diff), Fisher's "
                   "discriminant ratio (FDR), and the classifier weight norm, Norm(C)."};
    const GroupedRuns set(runs);
    Problems problems;
    const std::vector<Collapse> collapsedRuns = collapses(runs, &problems);
    const std::vector<Variant> variants = withPretrained(set.variants());
    table.columns.emplace_back("Method");
    for (const Variant& variant : variants) {
        table.rows.push_back({textCell(variantName(variant))});
    }
    for (const Dataset& dataset : set.datasets()) {
        const std::string prefix =
            set.datasets().size() > 1 ? datasetName(dataset, set.datasets()) + " " : "";
        const auto splits = splitsOf(runs, dataset, options.splits, [](const record::SplitInfo& split) {
            return split.featureWidth > 0 || split.pretrainedFeatureWidth > 0;
        });
        for (const std::string& split : splits) {
            for (const FeatureNumber& number : featureNumbers()) {
                table.columns.push_back(prefix + split + " " + number.column);
                for (std::size_t i = 0; i < variants.size(); ++i) {
                    table.rows[i].push_back(
                        sampleCell(sampleOf(entries, dataset, split, variants[i], number, collapsedRuns),
                                   number.format));
                }
            }
        }
        table.columns.push_back(prefix + "Norm(C)");
        for (std::size_t i = 0; i < variants.size(); ++i) {
            table.rows[i].push_back(sampleCell(normSample(set, dataset, variants[i], collapsedRuns, problems),
                                               significantDigits(3)));
        }
    }
    sayCounts(table);
    table.notes.emplace_back("The pre-trained row has the randomly initialised head.");
    if (std::string note = withoutFeaturesNote(entries, runs.size()); !note.empty()) {
        table.notes.push_back(std::move(note));
    }
    std::set<std::string> said;
    const auto isShown = [&](const std::string& split) {
        return options.splits.empty() ? split != "train"
                                      : std::ranges::find(options.splits, split) != options.splits.end();
    };
    for (const FeatureEntry& entry : entries) {
        if (entry.numbers.fisherFinal && isShown(entry.split) &&
            said.insert(entry.task + entry.split).second) {
            const analysis::FisherRatio& ratio = *entry.numbers.fisherFinal;
            table.notes.push_back(
                "FDR on " + entry.task + " " + entry.split + ": n = " + std::to_string(ratio.samples) +
                ", h = " + std::to_string(ratio.width) + ", ridge " + significant(ratio.ridge, 2) + ".");
        }
    }
    markCollapses(table, runs, collapsedRuns);
    tell(table, problems);
    return table;
}

} // namespace finescope::figure
